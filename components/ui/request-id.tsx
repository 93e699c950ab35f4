'use client'

import { useTranslations } from 'next-intl'
import { ApiError } from '@/lib/api/client/api-error'
import { CopyButton } from './copy-button'

/** What an administrator finds a failed call by in the server's log; nothing where no server answered. */
export function RequestId({ error }: { error: unknown }) {
  const t = useTranslations()
  if (!(error instanceof ApiError) || error.problem.requestId === '') return null
  const { requestId } = error.problem
  return (
    <small className="request-id">
      {t('errors.requestId')} <code>{requestId}</code>
      <CopyButton text={requestId} label={t('errors.copyRequestId')} />
    </small>
  )
}
