'use client'

import { useTranslations } from 'next-intl'
import { Suspense, lazy, useId, useRef, useState } from 'react'
import type { RegionId } from '@/lib/domain/regions'
import { Icon } from '../ui/icon'

const RegionChoice = lazy(() => import('./region-choice').then((module) => ({ default: module.RegionChoice })))

/** Shows the region one is in and leads to the others, which load when it is opened. */
export function RegionMenu({ current }: { current: RegionId }) {
  const t = useTranslations()
  const id = useId()
  const menuRef = useRef<HTMLDivElement>(null)
  const [open, setOpen] = useState(false)
  return (
    <>
      <button
        type="button"
        className="bar-button bar-button--region"
        aria-haspopup="dialog"
        aria-expanded={open}
        popoverTarget={id}
      >
        <Icon name="pin" />
        <span className="sr-only">{t('frame.region')}: </span>
        <span className="bar-region">{t(`regions.${current}`)}</span> <code>{current}</code>
        <Icon name="down" />
      </button>
      <div
        ref={menuRef}
        id={id}
        popover="auto"
        role="dialog"
        aria-label={t('frame.selectRegion')}
        className="menu menu--region"
        onToggle={(event) => setOpen(event.newState === 'open')}
      >
        {open && (
          <Suspense>
            <RegionChoice current={current} onSelect={() => menuRef.current?.hidePopover()} />
          </Suspense>
        )}
      </div>
    </>
  )
}
