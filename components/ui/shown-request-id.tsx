'use client'

import { useTranslations } from 'next-intl'
import { CopyButton } from './copy-button'

/** The id of a failed request, to copy. */
export function ShownRequestId({ requestId }: { requestId: string }) {
  const t = useTranslations()
  return (
    <small className="request-id">
      {t('errors.requestId')} <code>{requestId}</code>
      <CopyButton text={requestId} label={t('errors.copyRequestId')} />
    </small>
  )
}
