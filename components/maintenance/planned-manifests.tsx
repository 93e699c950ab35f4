'use client'

import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { plannedManifestsQuery } from '../queries/maintenance'
import { useFormat } from '../ui/use-format'

/** The first manifests that a dry run would have removed, by name, and how many more there are. */
export function PlannedManifests({ runId }: { runId: string }) {
  const t = useTranslations()
  const format = useFormat()
  const { data } = useQuery(plannedManifestsQuery(runId))
  if (!data || data.items.length === 0) return null
  const more = data.totalCount - data.items.length
  return (
    <details>
      <summary>{t('garbageCollection.planned', { count: data.totalCount })}</summary>
      <ul>
        {data.items.map(({ repository, digest, sizeBytes }) => (
          <li key={`${repository}@${digest}`} title={`${repository}@${digest}`}>
            <code>
              {repository}@{digest.slice(0, digest.indexOf(':') + 13)}
            </code>{' '}
            {format.bytes(sizeBytes)}
          </li>
        ))}
        {more > 0 && <li>{t('garbageCollection.plannedMore', { count: more })}</li>}
      </ul>
    </details>
  )
}
