'use client'

import { useTranslations } from 'next-intl'
import { Button } from './button'

interface ShowMoreProps {
  query: {
    data: { items: readonly unknown[]; totalCount: number } | undefined
    hasNextPage: boolean
    isFetchingNextPage: boolean
    fetchNextPage: () => unknown
  }
}

/** Beneath a list that is not shown whole: how much of it is, and a button for the next part. */
export function ShowMore({ query }: ShowMoreProps) {
  const t = useTranslations()
  const { data, hasNextPage, isFetchingNextPage, fetchNextPage } = query
  if (!hasNextPage || data === undefined) return null
  return (
    <footer className="table-foot">
      <span role="status">{t('openings.shown', { shown: data.items.length, count: data.totalCount })}</span>
      <Button small busy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
        {t('openings.showMore')}
      </Button>
    </footer>
  )
}
