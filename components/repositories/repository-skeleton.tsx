'use client'

import { useTranslations } from 'next-intl'
import { Section } from '../ui/page'
import { Skeleton } from '../ui/states'

const factRows = 9
/** The summary and the address; *More endpoints* is as tall as one. */
const fullFactRows = 3

/** In place of a repository's details: as tall as the facts to come. */
export function RepositorySkeleton() {
  const t = useTranslations()
  return (
    <Section title={t('details.title')}>
      <div className="facts" role="status" aria-label={t('table.loading', { name: t('details.title') })}>
        {Array.from({ length: factRows + fullFactRows }, (_, index) => (
          <div key={index} className={index < factRows ? undefined : 'full'} aria-hidden="true">
            <span>
              <Skeleton width="lg" />
            </span>
            <span>
              <Skeleton width="xl" />
            </span>
          </div>
        ))}
      </div>
    </Section>
  )
}
