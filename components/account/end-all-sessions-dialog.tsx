'use client'

import { useTranslations } from 'next-intl'
import { Dialog } from '../ui/dialog'
import { FormError } from '../ui/form-error'
import { useEndAllSessions } from './queries'

/** Ends all of one's sessions, this one too. */
export function EndAllSessionsDialog({ onClose }: { onClose: () => void }) {
  const t = useTranslations()
  const end = useEndAllSessions()
  return (
    <Dialog
      title={t('security.endAll')}
      confirm={t('security.endAll')}
      danger
      // One stays here until the log-on page is there.
      busy={end.isPending || end.isSuccess}
      onClose={onClose}
      onSubmit={() => end.mutate(undefined, { onSuccess: () => location.assign('/login') })}
    >
      <FormError error={end.error} />
      <p>{t('security.endAllText')}</p>
    </Dialog>
  )
}
