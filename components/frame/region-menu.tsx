'use client'

import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { useId, useRef, useState } from 'react'
import { regions } from '@/lib/domain/regions'
import type { RegionGroup, RegionId } from '@/lib/domain/regions'
import { regionsQuery } from '../queries/regions'
import { instancesHref } from '../routes'
import { Icon } from '../ui/icon'
import { Link } from '../ui/link'

const groups: readonly RegionGroup[] = ['china', 'asia-pacific', 'europe-americas', 'middle-east']

/** Shows the region one is in and leads to the others. The counts of instances come when they come. */
export function RegionMenu({ current }: { current: RegionId }) {
  const t = useTranslations()
  const id = useId()
  const menuRef = useRef<HTMLDivElement>(null)
  const [open, setOpen] = useState(false)
  const [text, setText] = useState('')
  const { data } = useQuery({ ...regionsQuery(), enabled: open })
  const counts = new Map(data?.items.map((region) => [region.id, region.instanceCount]))

  const wanted = text.trim().toLowerCase()
  const found = regions.filter(
    (region) => region.id.includes(wanted) || t(`regions.${region.id}`).toLowerCase().includes(wanted),
  )

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
        onToggle={(event) => {
          const opened = event.newState === 'open'
          setOpen(opened)
          setText('')
          if (opened) menuRef.current?.querySelector('input')?.focus()
        }}
      >
        <div className="search">
          <Icon name="search" />
          <input
            className="input"
            type="search"
            aria-label={t('frame.searchRegions')}
            placeholder={t('frame.searchRegions')}
            value={text}
            onChange={(event) => setText(event.target.value)}
            onKeyDown={(event) => {
              if (event.key !== 'Enter') return
              // The focus goes back to the menu's button, which the rest of this key press would press again.
              event.preventDefault()
              menuRef.current?.querySelector('a')?.click()
            }}
          />
        </div>
        <div className="menu-columns">
          {groups.map((group) => (
            <RegionGroupItems
              key={group}
              group={group}
              regions={found.filter((region) => region.group === group)}
              counts={counts}
              current={current}
              onSelect={() => menuRef.current?.hidePopover()}
            />
          ))}
          {found.length === 0 && (
            <p className="menu-none" role="status">
              {t('frame.noRegion')}
            </p>
          )}
        </div>
      </div>
    </>
  )
}

interface RegionGroupItemsProps {
  group: RegionGroup
  regions: readonly { id: RegionId }[]
  counts: ReadonlyMap<string, number>
  current: RegionId
  onSelect: () => void
}

function RegionGroupItems({ group, regions: members, counts, current, onSelect }: RegionGroupItemsProps) {
  const t = useTranslations()
  if (members.length === 0) return null
  return (
    <section className="menu-group">
      <h2>{t(`frame.regionGroups.${group}`)}</h2>
      <ul>
        {members.map(({ id }) => {
          const count = counts.get(id) ?? 0
          return (
            <li key={id}>
              <Link
                className="menu-item"
                href={instancesHref(id)}
                aria-current={id === current ? 'true' : undefined}
                onClick={onSelect}
              >
                <span>{t(`regions.${id}`)}</span>
                <code>{id}</code>
                <span>
                  {count > 0 && (
                    <>
                      <span aria-hidden="true">{count}</span>
                      <span className="sr-only">{t('frame.instanceCount', { count })}</span>
                    </>
                  )}
                </span>
              </Link>
            </li>
          )
        })}
      </ul>
    </section>
  )
}
