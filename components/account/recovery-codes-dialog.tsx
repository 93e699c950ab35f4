'use client'

import { useTranslations } from 'next-intl'
import { Button } from '../ui/button'
import { CopyTextButton } from '../ui/copy-button'
import { Dialog } from '../ui/dialog'

/** Recovery codes, the one time they are shown. It does not close before its reader says that they are kept. */
export function RecoveryCodesDialog({ codes, onKept }: { codes: readonly string[]; onKept: () => void }) {
  const t = useTranslations()
  return (
    <Dialog
      title={t('security.codesTitle')}
      confirm={t('security.codesKept')}
      stays
      onClose={onKept}
      onSubmit={onKept}
      foot={
        <Button type="submit" variant="primary">
          {t('security.codesKept')}
        </Button>
      }
    >
      <p>{t('security.codesText')}</p>
      <ul className="recovery-codes" aria-label={t('security.codesTitle')}>
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ul>
      <div>
        <CopyTextButton text={codes.join('\n')}>{t('security.copyCodes')}</CopyTextButton>
      </div>
    </Dialog>
  )
}
