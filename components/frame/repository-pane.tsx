'use client'

import { useTranslations } from 'next-intl'
import { isApiError } from '@/lib/api/client/api-error'
import type { RegionId } from '@/lib/domain/regions'
import { useRepository } from '../queries/repositories'
import { repositoryHref } from '../routes'
import { useFormat } from '../ui/use-format'
import { useHydrated } from '../ui/use-hydrated'
import { PaneLink } from './pane'

interface RepositoryPaneProps {
  region: RegionId
  instanceId: string
  namespace: string
  name: string
}

/** The second pane: the sections of one repository. A row of tabs on a narrow screen. */
export function RepositoryPane({ region, instanceId, namespace, name }: RepositoryPaneProps) {
  const t = useTranslations()
  const format = useFormat()
  const isHydrated = useHydrated()
  const { data, error } = useRepository(instanceId, namespace, name)
  const repository = isHydrated ? data?.data : undefined
  if (isHydrated && isApiError(error, 'NOT_FOUND')) return null
  const address = { instanceId, namespace, name }
  return (
    <nav className="subpane" aria-label={t('frame.repositoryPane', { path: `${namespace}/${name}` })}>
      <ul>
        <PaneLink icon="details" href={repositoryHref(region, address, 'details')}>
          {t('details.title')}
        </PaneLink>
        <PaneLink
          icon="tag"
          href={repositoryHref(region, address, 'tags')}
          under={[
            repositoryHref(region, address, 'untagged'),
            repositoryHref(region, address, 'compare'),
            `${repositoryHref(region, address, 'tags')}/`,
          ]}
          count={repository && <span className="count">{format.number(repository.tagCount)}</span>}
        >
          {t('tags.title')}
        </PaneLink>
        {repository?.access !== 'PULL' && repository?.access !== null && (
          <PaneLink icon="activity" href={repositoryHref(region, address, 'activity')}>
            {t('ledger.activity')}
          </PaneLink>
        )}
        <PaneLink icon="lock" href={repositoryHref(region, address, 'immutability')}>
          {t('immutability.title')}
        </PaneLink>
        <PaneLink icon="access" href={repositoryHref(region, address, 'access')}>
          {t('grants.access')}
        </PaneLink>
      </ul>
    </nav>
  )
}
