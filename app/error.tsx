'use client'

import { useTranslations } from 'next-intl'
import { Button } from '@/components/ui/button'
import { EmptyState } from '@/components/ui/empty-state'

/** What a page shows that failed while it was rendered. */
export default function ErrorPage({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  const t = useTranslations()
  return (
    <EmptyState
      isPage
      title={t('pages.error')}
      action={
        <>
          {/* What the server’s log has of an error that it met. */}
          {error.digest !== undefined && (
            <small className="request-id">
              {t('errors.errorId')} <code>{error.digest}</code>
            </small>
          )}
          <Button icon="refresh" onClick={reset}>
            {t('common.retry')}
          </Button>
        </>
      }
    >
      {t('pages.errorHelp')}
    </EmptyState>
  )
}
