'use client'

import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { useEffect, useRef, useState } from 'react'
import { regions } from '@/lib/domain/regions'
import type { RegionGroup, RegionId } from '@/lib/domain/regions'
import { regionsQuery } from '../queries/regions'
import { instancesHref } from '../routes'
import { Icon } from '../ui/icon'
import { Link } from '../ui/link'

const groups: readonly RegionGroup[] = ['china', 'asia-pacific', 'europe-americas', 'middle-east']

interface RegionChoiceProps {
  current: RegionId
  onSelect: () => void
}

/** The regions, in groups, and a search in them that has the focus. The counts of instances come when they come. */
export function RegionChoice({ current, onSelect }: RegionChoiceProps) {
  const t = useTranslations()
  const searchRef = useRef<HTMLInputElement>(null)
  const columnsRef = useRef<HTMLDivElement>(null)
  const [text, setText] = useState('')
  const { data } = useQuery(regionsQuery())
  const counts = new Map(data?.items.map((region) => [region.id, region.instanceCount]))

  const wanted = text.trim().toLowerCase()
  const found = regions.filter(
    (region) => region.id.includes(wanted) || t(`regions.${region.id}`).toLowerCase().includes(wanted),
  )

  useEffect(() => searchRef.current?.focus(), [])

  return (
    <>
      <div className="search">
        <Icon name="search" />
        <input
          ref={searchRef}
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
            columnsRef.current?.querySelector('a')?.click()
          }}
        />
      </div>
      <div ref={columnsRef} className="menu-columns">
        {groups.map((group) => (
          <RegionGroupItems
            key={group}
            group={group}
            regions={found.filter((region) => region.group === group)}
            counts={counts}
            current={current}
            onSelect={onSelect}
          />
        ))}
        {found.length === 0 && (
          <p className="menu-none" role="status">
            {t('frame.noRegion')}
          </p>
        )}
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
