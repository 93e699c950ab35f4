'use client'

import { useTranslations } from 'next-intl'
import { useEndAllSessions } from '../queries/account'
import { ConfirmDialog } from '../ui/confirm-dialog'

/** Ends all of one's sessions, this one too. */
export function EndAllSessionsDialog({ onClose }: { onClose: () => void }) {
  const t = useTranslations()
  const end = useEndAllSessions()
  return (
    <ConfirmDialog
      title={t('security.endAll')}
      subject=""
      consequence={t('security.endAllText')}
      confirm={t('security.endAll')}
      // One stays here until the log-on page is there.
      action={{ ...end, isPending: end.isPending || end.isSuccess }}
      variables={undefined}
      onDone={() => location.assign('/login')}
      onClose={onClose}
    />
  )
}
