'use client'

import { useTranslations } from 'next-intl'
import { maintenanceHref } from '../routes'
import { PaneLink } from './pane'

/** The second pane: the kinds of maintenance. A row of tabs on a narrow screen. */
export function MaintenancePane() {
  const t = useTranslations()
  return (
    <nav className="subpane" aria-label={t('maintenance.title')}>
      <ul>
        <PaneLink icon="recycle" href={maintenanceHref('garbage-collection')}>
          {t('garbageCollection.title')}
        </PaneLink>
        <PaneLink icon="scan" href={maintenanceHref('scrub')}>
          {t('scrub.title')}
        </PaneLink>
      </ul>
    </nav>
  )
}
