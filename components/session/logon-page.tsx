'use client'

import { useTranslations } from 'next-intl'
import { LanguageSwitch } from '../frame/language-switch'
import type { Theme } from '../frame/preferences'
import { ThemeSwitch } from '../frame/theme-switch'
import { Banner } from '../ui/banner'
import { Mark } from '../ui/mark'
import { LogonForm } from './logon-form'
import { singleSignOnHref } from './single-sign-on'
import type { SingleSignOnRefusal } from './single-sign-on'
import { Slab } from './slab'

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
    <div className="logon">
      <aside className="logon-side" aria-label="Stele">
        <Slab />
      </aside>
      <div className="logon-main">
        <header>
          <span className="spacer" />
          <LanguageSwitch />
          <ThemeSwitch initial={theme} />
        </header>
        <main className="logon-form" id="main">
          <p className="brand">
            <Mark />
            <span>Stele</span>
          </p>
          <h1>{t('logon.title')}</h1>
          <p className="sub">{host}</p>
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
        </main>
      </div>
    </div>
  )
}
