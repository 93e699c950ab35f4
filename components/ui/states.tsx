import { useTranslations } from 'next-intl'
import type { ReactNode } from 'react'
import { isApiError } from '@/lib/api/client/api-error'
import { Button, TextButton } from './button'
import { Icon } from './icon'
import { Link } from './link'
import { RequestId } from './request-id'
import { useErrorText } from './use-error-text'

interface ErrorStateProps {
  title: string
  error: unknown
  onRetry: () => void
  /** A link that leads on. */
  way?: ReactNode
}

/** What takes the place of data that did not load: what happened, and Retry. */
export function ErrorState({ title, error, onRetry, way }: ErrorStateProps) {
  const t = useTranslations()
  const errorText = useErrorText()
  return (
    <div className="empty" role="alert">
      <Icon name="warn" large />
      <h2>{title}</h2>
      <p>{errorText(error)}</p>
      <RequestId error={error} />
      <Button icon="refresh" onClick={onRetry}>
        {t('common.retry')}
      </Button>
      {way}
    </div>
  )
}

interface PageErrorProps {
  error: unknown
  /** Says that what the page is of is not there. */
  gone: string
  onRetry: () => unknown
}

/** What takes the place of all a page has, where what it is of did not load. */
export function PageError({ error, gone, onRetry }: PageErrorProps) {
  const t = useTranslations()
  const isGone = isApiError(error, 'NOT_FOUND')
  return (
    <div className="table-box">
      <ErrorState
        title={isGone ? gone : t('pages.error')}
        error={error}
        onRetry={() => void onRetry()}
        way={isGone && <Link href="/">{t('pages.home')}</Link>}
      />
    </div>
  )
}

/** Why what a field offers did not load, and Retry. */
export function LoadError({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  const t = useTranslations()
  const errorText = useErrorText()
  return (
    <p className="load-error" role="alert">
      <Icon name="warn" />
      <span>
        {errorText(error)} <RequestId error={error} />
      </span>
      <TextButton onClick={onRetry}>{t('common.retry')}</TextButton>
    </p>
  )
}

/** Widths of skeleton bars, as utilities, so that a column's bars look like the words to come. */
const widths = { sm: 'w-10', md: 'w-16', lg: 'w-24', xl: 'w-36' } as const

/** How long a skeleton's bar is. */
export type SkeletonWidth = keyof typeof widths

/** A bar in place of a word that is loading. */
export function Skeleton({ width }: { width: SkeletonWidth }) {
  return <span className={`skeleton ${widths[width]}`} />
}
