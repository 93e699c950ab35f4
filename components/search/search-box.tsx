'use client'

import { useTranslations } from 'next-intl'
import { useEffect, useState } from 'react'
import { Icon } from '../ui/icon'
import { lazyComponent } from '../ui/lazy-component'
import type { RecentPage } from './recent'
import type { Standpoint } from './use-pages'

const Palette = lazyComponent(() => import('./palette'), 'Palette')

interface SearchBoxProps {
  standpoint: Standpoint
  userId: string
  /** The page that is shown, when it is one to come back to. */
  visited: RecentPage | null
}

/** The way into the search, in the bar: a press, `/`, Ctrl-K or Cmd-K. */
export function SearchBox({ standpoint, userId, visited }: SearchBoxProps) {
  const t = useTranslations()
  const [open, setOpen] = useState(false)
  /** Here, because a person may type before the code of the palette is loaded. */
  const [typed, setTyped] = useState('')

  useEffect(() => {
    function onKeyDown(event: KeyboardEvent) {
      // What a form holds that is open would be lost.
      if (event.defaultPrevented || document.querySelector('dialog[open]') !== null) return
      if (open) {
        if (event.ctrlKey || event.metaKey || event.altKey || event.key.length !== 1) return
        event.preventDefault()
        setTyped((before) => before + event.key)
        return
      }
      const isCommand = (event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === 'k'
      const isSlash = event.key === '/' && !event.ctrlKey && !event.metaKey && !event.altKey && !isField(event.target)
      if (!isCommand && !isSlash) return
      event.preventDefault()
      setOpen(true)
    }
    window.addEventListener('keydown', onKeyDown)
    return () => window.removeEventListener('keydown', onKeyDown)
  }, [open])

  function close() {
    setTyped('')
    setOpen(false)
  }

  const key = visited && JSON.stringify(visited)
  useEffect(() => {
    if (key === null) return
    void import('./recent').then(
      ({ rememberRecent }) => rememberRecent(userId, JSON.parse(key) as RecentPage),
      // Without a connection it is not remembered.
      () => undefined,
    )
  }, [userId, key])

  return (
    <>
      <button
        type="button"
        className="bar-search"
        aria-label={t('search.open')}
        aria-haspopup="dialog"
        aria-keyshortcuts="Control+K Meta+K /"
        onClick={() => setOpen(true)}
      >
        <Icon name="search" />
        <span>{t('search.label')}</span>
        <kbd className="kbd">Ctrl K</kbd>
      </button>
      {open && <Palette standpoint={standpoint} userId={userId} typed={typed} onType={setTyped} onClose={close} />}
    </>
  )
}

/** Whether keys that are pressed there are typed into it. */
function isField(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches('input, textarea, select'))
}
