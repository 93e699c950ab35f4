'use client'

import { useTranslations } from 'next-intl'
import { Button } from '@/components/ui/button'
import { EmptyState } from '@/components/ui/states'

/** What a page shows that failed while it was rendered. */
export default function ErrorPage({ reset }: { error: Error; reset: () => void }) {
  const t = useTranslations()
  return (
    <EmptyState
      isPage
      title={t('pages.error')}
      action={
        <Button icon="refresh" onClick={reset}>
          {t('common.retry')}
        </Button>
      }
    >
      {t('pages.errorHelp')}
    </EmptyState>
  )
}
