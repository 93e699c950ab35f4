import { useTranslations } from 'next-intl'
import { LanguageSwitch } from '../frame/language-switch'
import type { Theme } from '../frame/preferences'
import { ThemeSwitch } from '../frame/theme-switch'
import { Mark } from '../ui/mark'
import { LogonForm } from './logon-form'
import { Slab } from './slab'

interface LogonPageProps {
  /** The host the person came to. */
  host: string
  /** The address to go on to. */
  next: string
  theme: Theme | null
}

/** The way in: user name, password, Log On. */
export function LogonPage({ host, next, theme }: LogonPageProps) {
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
          <LogonForm next={next} />
        </main>
      </div>
    </div>
  )
}
