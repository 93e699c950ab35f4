'use client'

import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { Icon } from '../ui/icon'
import { Menu, MenuChoice } from '../ui/menu'
import { remember, themeCookie } from './preferences'
import type { Theme } from './preferences'

const choices = [
  { theme: null, icon: 'theme', name: 'system' },
  { theme: 'light', icon: 'sun', name: 'light' },
  { theme: 'dark', icon: 'moon', name: 'dark' },
] as const

/** Chooses light, dark, or whatever the system has. `initial` is the choice the page was rendered with. */
export function ThemeSwitch({ initial }: { initial: Theme | null }) {
  const t = useTranslations()
  const [theme, setTheme] = useState(initial)

  function choose(next: Theme | null) {
    setTheme(next)
    remember(themeCookie, next)
    showTheme(next)
  }

  return (
    <Menu
      label={t('frame.theme', { theme: t(`frame.themes.${theme ?? 'system'}`) })}
      className="bar-button"
      button={<Icon name="theme" />}
    >
      {choices.map((choice) => (
        <MenuChoice
          key={choice.name}
          icon={choice.icon}
          checked={choice.theme === theme}
          onSelect={() => choose(choice.theme)}
        >
          {t(`frame.themes.${choice.name}`)}
        </MenuChoice>
      ))}
    </Menu>
  )
}

/** The document follows at once; what the server renders next has the attribute already. */
function showTheme(theme: Theme | null) {
  if (theme === null) document.documentElement.removeAttribute('data-theme')
  else document.documentElement.setAttribute('data-theme', theme)
}
