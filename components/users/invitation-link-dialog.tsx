'use client'

import { useTranslations } from 'next-intl'
import type { InvitationView } from '@/lib/api/schemas/invitations'
import { Banner } from '../ui/banner'
import { Button } from '../ui/button'
import { CodeBlock } from '../ui/code-block'
import { Dialog } from '../ui/dialog'
import { Time } from '../ui/time'
import { useOrigin } from '../ui/use-origin'

/** Shows the link of an invitation, the one time that it is shown. It closes by Done alone. */
export function InvitationLinkDialog({ invitation, onClose }: { invitation: InvitationView; onClose: () => void }) {
  const t = useTranslations()
  const origin = useOrigin()
  return (
    <Dialog
      title={t('invitations.made', { name: invitation.userName })}
      confirm={t('secret.done')}
      stays
      onClose={onClose}
      onSubmit={onClose}
      foot={
        <Button type="submit" variant="primary">
          {t('secret.done')}
        </Button>
      }
    >
      <Banner tone="warn" icon="warn">
        <p>{t('secret.once')}</p>
      </Banner>
      <CodeBlock lines={[[`${origin}${invitation.path}`]]} label={t('invitations.copy')} isText />
      <p>
        {t('invitations.send')} <Time value={invitation.expiresAt} format="minute" />
      </p>
    </Dialog>
  )
}
