'use client'

import { useRouter } from 'next/navigation'
import { useLocale } from 'next-intl'
import { localeCookie } from '@/lib/i18n/locales'
import type { Locale } from '@/lib/i18n/locales'
import { Icon } from '../ui/icon'
import { remember } from './preferences'

/** Each language offers the other one, in the other one's words, for those who cannot read this one. */
const other: Record<Locale, { locale: Locale; word: string; label: string }> = {
  en: { locale: 'zh-CN', word: '中文', label: '中文：切换到简体中文' },
  'zh-CN': { locale: 'en', word: 'EN', label: 'EN: switch to English' },
}

/** Switches between English and Chinese, in place. */
export function LanguageSwitch() {
  const router = useRouter()
  const { locale, word, label } = other[useLocale()]
  return (
    <button
      type="button"
      className="bar-button"
      lang={locale}
      aria-label={label}
      onClick={() => {
        remember(localeCookie, locale)
        router.refresh()
      }}
    >
      <Icon name="language" />
      <span className="bar-word">{word}</span>
    </button>
  )
}
