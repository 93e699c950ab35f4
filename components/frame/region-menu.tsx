'use client'

import { useTranslations } from 'next-intl'
import { Suspense, lazy, useId } from 'react'
import type { RegionId } from '@/lib/domain/regions'
import { Icon } from '../ui/icon'
import { usePopover } from '../ui/use-popover'

const RegionChoice = lazy(() => import('./region-choice').then((module) => ({ default: module.RegionChoice })))

/** Shows the region one is in and leads to the others, which load when it is opened. */
export function RegionMenu({ current }: { current: RegionId }) {
  const t = useTranslations()
  const id = useId()
  const { ref: menuRef, isOpen, onToggle } = usePopover()
  return (
    <>
      <button
        type="button"
        className="bar-button bar-button--region"
        aria-haspopup="dialog"
        aria-expanded={isOpen}
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
        onToggle={onToggle}
      >
        {isOpen && (
          <Suspense>
            <RegionChoice current={current} onSelect={() => menuRef.current?.hidePopover()} />
          </Suspense>
        )}
      </div>
    </>
  )
}
