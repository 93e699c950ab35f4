'use client'

import { useTranslations } from 'next-intl'
import { accountHref } from '../routes'
import { PaneLink } from './pane'

/** The second pane of a person's own account. A row of tabs on a narrow screen. */
export function AccountPane() {
  const t = useTranslations()
  return (
    <nav className="subpane" aria-label={t('account.title')}>
      <ul>
        <PaneLink icon="security" href={accountHref('security')}>
          {t('account.security')}
        </PaneLink>
        <PaneLink icon="key" href={accountHref('access-keys')}>
          {t('account.accessKeys')}
        </PaneLink>
      </ul>
    </nav>
  )
}
