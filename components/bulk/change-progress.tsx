'use client'

import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { useEffect, useRef } from 'react'
import type { ImmutabilityChangeView } from '@/lib/api/schemas/immutability-changes'
import { changeQuery } from '../queries/immutability-changes'
import { Banner } from '../ui/banner'
import { IconButton } from '../ui/button'
import { RequestId } from '../ui/request-id'
import { useErrorText } from '../ui/use-error-text'

/** As many of the repositories that could not be changed as are named. */
const namedMax = 5

interface ChangeProgressProps {
  id: string
  /** Whether it takes the focus: what had it before the change was started is gone. */
  takesFocus: boolean
  onDismiss: () => void
}

/** How far a change of many repositories is and, once it has ended, what it did. */
export function ChangeProgress({ id, takesFocus, onDismiss }: ChangeProgressProps) {
  const t = useTranslations()
  const errorText = useErrorText()
  const queryClient = useQueryClient()
  const { data, error } = useQuery(changeQuery(id))
  const hasEnded = data !== undefined && data.state !== 'RUNNING'

  useEffect(() => {
    if (!hasEnded) return
    for (const key of ['repositories', 'tags', 'immutability']) {
      void queryClient.invalidateQueries({ queryKey: [key] })
    }
  }, [hasEnded, queryClient])

  const ref = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (takesFocus) ref.current?.focus()
  }, [takesFocus])

  const isFailed = data?.state === 'FAILED' || (data?.failed ?? 0) > 0
  return (
    <div ref={ref} className="bulk-progress" tabIndex={-1} role="group" aria-label={t('bulk.progress')}>
      <Banner
        icon={hasEnded ? (isFailed ? 'failed' : 'ok') : 'starting'}
        {...(isFailed ? { tone: 'warn' as const } : hasEnded ? { tone: 'accent' as const } : {})}
        {...(hasEnded && {
          action: <IconButton icon="close" label={t('common.dismiss')} onClick={onDismiss} />,
        })}
      >
        {data === undefined ? (
          <>
            <p role="status">{error ? errorText(error) : t('bulk.starting')}</p>
            <RequestId error={error} />
          </>
        ) : hasEnded ? (
          <Summary change={data} />
        ) : (
          <Running change={data} />
        )}
      </Banner>
    </div>
  )
}

function Running({ change }: { change: ImmutabilityChangeView }) {
  const t = useTranslations()
  const done = change.changed + change.unchanged + change.failed
  const text = t('bulk.running', { done, total: change.total })
  return (
    <>
      {/* Not a live region: it would be read out every second. */}
      <p>{text}</p>
      <progress max={Math.max(change.total, 1)} value={done} aria-label={text} />
    </>
  )
}

function Summary({ change }: { change: ImmutabilityChangeView }) {
  const t = useTranslations()
  const { changed, unchanged, failed, skipped, state } = change
  const mode = change.immutability.mode ?? 'enforce'
  const more = failed - Math.min(change.failures.length, namedMax)
  return (
    <div role="status">
      <p>
        {[
          t(`bulk.changed.${mode}`, { count: changed }),
          unchanged > 0 && t('bulk.unchanged', { count: unchanged }),
          failed > 0 && t('bulk.failed', { count: failed }),
          skipped > 0 && t('bulk.skipped', { count: skipped }),
          state === 'FAILED' && t('bulk.endedEarly'),
        ]
          .filter((text) => text !== false)
          .join(' ')}
      </p>
      {failed > 0 && (
        <ul className="bulk-failures">
          {change.failures.slice(0, namedMax).map(({ repositoryId, repository, code, message }) => (
            <li key={repositoryId}>
              {t('bulk.failure', {
                name: repository ?? repositoryId,
                why: code === 'DENIED' || code === 'NOT_FOUND' ? t(`bulk.reasons.${code}`) : message,
              })}
            </li>
          ))}
          {more > 0 && <li>{t('bulk.moreFailures', { count: more })}</li>}
        </ul>
      )}
    </div>
  )
}
