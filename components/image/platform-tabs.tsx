'use client'

import { useSearchParams } from 'next/navigation'
import { useTranslations } from 'next-intl'
import type { ReactNode } from 'react'
import type { ChildView } from '@/lib/api/schemas/manifests'
import { shortDigest } from '../ui/digest'
import { Icon } from '../ui/icon'
import { Tabs } from '../ui/tabs'
import { useFormat } from '../ui/use-format'

const platformName = 'platform'

interface PlatformTabsProps {
  /** At least one. */
  platforms: readonly ChildView[]
  children: (chosen: ChildView) => ReactNode
}

/** The platforms of an index as tabs. The one chosen is named in the address. */
export function PlatformTabs({ platforms, children }: PlatformTabsProps) {
  const t = useTranslations()
  const format = useFormat()
  const asked = useSearchParams().get(platformName)
  const tabs = platforms.map((child) => ({ key: child.digest, child }))
  const chosen =
    tabs.find(({ key }) => key === asked) ??
    tabs.find(({ child: { platform } }) => platform !== null && platform === asked) ??
    tabs.find(({ child }) => child.isPresent) ??
    tabs[0]
  if (chosen === undefined) return null

  function choose({ child }: { child: ChildView }) {
    const isOnly = platforms.filter(({ platform }) => platform === child.platform).length === 1
    const query = new URLSearchParams(location.search)
    query.set(platformName, isOnly && child.platform !== null ? child.platform : child.digest)
    // It is the same page: Back leaves it.
    window.history.replaceState(null, '', `${location.pathname}?${query}`)
  }

  return (
    <Tabs
      label={t('tags.platforms')}
      tabs={tabs}
      chosen={chosen}
      onChoose={choose}
      name={({ child }) => (
        <>
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
        </>
      )}
    >
      {children(chosen.child)}
    </Tabs>
  )
}
