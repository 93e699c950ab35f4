'use client'

import { useSearchParams } from 'next/navigation'
import { useTranslations } from 'next-intl'
import { useId, useRef } from 'react'
import type { KeyboardEvent, ReactNode } from 'react'
import type { ChildView } from '@/lib/api/schemas/manifests'
import { shortDigest } from '../ui/digest'
import { Icon } from '../ui/icon'
import { useFormat } from '../ui/use-format'

const platformName = 'platform'

interface PlatformTabsProps {
  /** At least one. */
  platforms: readonly ChildView[]
  children: (chosen: ChildView) => ReactNode
}

/**
 * The platforms of an index as tabs, after the ARIA pattern: arrows, Home and End move and choose. The one chosen is
 * named in the address.
 */
export function PlatformTabs({ platforms, children }: PlatformTabsProps) {
  const t = useTranslations()
  const format = useFormat()
  const id = useId()
  const listRef = useRef<HTMLDivElement>(null)
  const asked = useSearchParams().get(platformName)
  const chosen =
    platforms.find(({ digest }) => digest === asked) ??
    platforms.find(({ platform }) => platform !== null && platform === asked) ??
    platforms.find(({ isPresent }) => isPresent) ??
    platforms[0]
  if (chosen === undefined) return null
  const chosenAt = platforms.indexOf(chosen)

  function choose(child: ChildView) {
    const isOnly = platforms.filter(({ platform }) => platform === child.platform).length === 1
    const query = new URLSearchParams(location.search)
    query.set(platformName, isOnly && child.platform !== null ? child.platform : child.digest)
    // It is the same page: Back leaves it.
    window.history.replaceState(null, '', `${location.pathname}?${query}`)
  }

  function move(event: KeyboardEvent) {
    const last = platforms.length - 1
    const targets: Record<string, number> = {
      ArrowRight: chosenAt === last ? 0 : chosenAt + 1,
      ArrowLeft: chosenAt === 0 ? last : chosenAt - 1,
      Home: 0,
      End: last,
    }
    const at = targets[event.key]
    const child = at === undefined ? undefined : platforms[at]
    if (at === undefined || child === undefined) return
    event.preventDefault()
    choose(child)
    listRef.current?.querySelectorAll<HTMLElement>('[role=tab]')[at]?.focus()
  }

  return (
    <>
      <div ref={listRef} className="tabs" role="tablist" aria-label={t('tags.platforms')} onKeyDown={move}>
        {platforms.map((child, index) => (
          <button
            key={child.digest}
            type="button"
            role="tab"
            id={`${id}-${index}`}
            aria-selected={child === chosen}
            aria-controls={`${id}-panel`}
            tabIndex={child === chosen ? 0 : -1}
            onClick={() => choose(child)}
          >
            {child.platform ?? shortDigest(child.digest)}
            {child.isPresent && child.sizeBytes !== null && (
              <span className="count">{format.bytes(child.sizeBytes)}</span>
            )}
            {!child.isPresent && (
              <span className="count">
                <Icon name="warn" />
                {t('image.missing')}
              </span>
            )}
          </button>
        ))}
      </div>
      <div id={`${id}-panel`} role="tabpanel" aria-labelledby={`${id}-${chosenAt}`} tabIndex={-1}>
        {children(chosen)}
      </div>
    </>
  )
}
