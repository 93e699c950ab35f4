'use client'

import { useTranslations } from 'next-intl'
import { Time } from '../ui/time'

/** When something was pulled last, and how often so far. */
export function Pulled({ lastPulledAt, pullCount }: { lastPulledAt: string | null; pullCount: number }) {
  const t = useTranslations('figures')
  if (lastPulledAt === null) return <span className="muted">{t('neverPulled')}</span>
  return (
    <span className="two">
      <Time value={lastPulledAt} format="relative" />
      <small>{t('pullCount', { count: pullCount })}</small>
    </span>
  )
}
