'use client'

import { useId, useRef } from 'react'
import type { KeyboardEvent, ReactNode } from 'react'

interface TabsProps<Tab extends { key: string }> {
  label: string
  /** At least one. */
  tabs: readonly Tab[]
  chosen: Tab
  onChoose: (tab: Tab) => void
  /** What stands on a tab. */
  name: (tab: Tab) => ReactNode
  /** What the chosen tab shows. */
  children: ReactNode
}

/** Tabs after the ARIA pattern: arrows, Home and End move and choose. */
export function Tabs<Tab extends { key: string }>({ label, tabs, chosen, onChoose, name, children }: TabsProps<Tab>) {
  const id = useId()
  const listRef = useRef<HTMLDivElement>(null)
  const chosenAt = tabs.indexOf(chosen)

  function move(event: KeyboardEvent) {
    const last = tabs.length - 1
    const targets: Record<string, number> = {
      ArrowRight: chosenAt === last ? 0 : chosenAt + 1,
      ArrowLeft: chosenAt === 0 ? last : chosenAt - 1,
      Home: 0,
      End: last,
    }
    const at = targets[event.key]
    const tab = at === undefined ? undefined : tabs[at]
    if (at === undefined || tab === undefined) return
    event.preventDefault()
    onChoose(tab)
    listRef.current?.querySelectorAll<HTMLElement>('[role=tab]')[at]?.focus()
  }

  return (
    <>
      <div ref={listRef} className="tabs" role="tablist" aria-label={label} onKeyDown={move}>
        {tabs.map((tab, index) => (
          <button
            key={tab.key}
            type="button"
            role="tab"
            id={`${id}-${index}`}
            aria-selected={tab === chosen}
            aria-controls={`${id}-panel`}
            tabIndex={tab === chosen ? 0 : -1}
            onClick={() => onChoose(tab)}
          >
            {name(tab)}
          </button>
        ))}
      </div>
      <div id={`${id}-panel`} role="tabpanel" aria-labelledby={`${id}-${chosenAt}`} tabIndex={-1}>
        {children}
      </div>
    </>
  )
}
