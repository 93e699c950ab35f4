'use client'

import { useTranslations } from 'next-intl'
import type { ReactNode } from 'react'
import { LanguageSwitch } from '../frame/language-switch'
import type { Theme } from '../frame/preferences'
import { ThemeSwitch } from '../frame/theme-switch'
import { Mark } from '../ui/mark'
import { Slab } from './slab'

interface EntryPageProps {
  title: string
  /** The host the person came to. */
  host: string
  theme: Theme | null
  children: ReactNode
}

/** What a page looks like for people who are not logged on: one form beside the slab. */
export function EntryPage({ title, host, theme, children }: EntryPageProps) {
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
            <span>
              Stele <small>{t('frame.product')}</small>
            </span>
          </p>
          <h1>{title}</h1>
          <p className="sub">{host}</p>
          {children}
        </main>
      </div>
    </div>
  )
}
