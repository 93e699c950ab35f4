'use client'

import { useTranslations } from 'next-intl'
import type { Theme } from '../frame/preferences'
import { Banner } from '../ui/banner'
import { EntryPage } from './entry-page'
import { LogonForm } from './logon-form'
import { singleSignOnHref } from './single-sign-on'
import type { SingleSignOnRefusal } from './single-sign-on'

interface LogonPageProps {
  /** The host the person came to. */
  host: string
  /** The address to go on to. */
  next: string
  theme: Theme | null
  /** What the provider of single sign-on is called; null: there is none. */
  singleSignOn: string | null
  /** Why single sign-on, which the person comes from, led nowhere. */
  refusal: SingleSignOnRefusal | null
}

/** The way in: user name, password, Log On; and single sign-on, where there is a provider. */
export function LogonPage({ host, next, theme, singleSignOn, refusal }: LogonPageProps) {
  const t = useTranslations()
  return (
    <EntryPage title={t('logon.title')} host={host} theme={theme}>
      {refusal && (
        <Banner tone="danger" icon="refused">
          <p>{t(`logon.refusals.${refusal}`)}</p>
        </Banner>
      )}
      {/* A whole new page: the server renders it for the person now known. */}
      <LogonForm onDone={() => location.assign(next)} />
      {singleSignOn !== null && (
        <>
          <p className="logon-or">{t('logon.or')}</p>
          {/* Not a link of the router: it leads away from the console. */}
          <a className="button button--wide" href={singleSignOnHref(next)}>
            {t('logon.singleSignOn', { name: singleSignOn })}
          </a>
        </>
      )}
    </EntryPage>
  )
}
