'use client'

import { useTranslations } from 'next-intl'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { ConnectTabs } from './connect-tabs'
import type { ConnectTool, Connection } from './snippets'

interface ConnectDialogProps {
  connection: Omit<Connection, 'isPlainHttp' | 'secret'>
  first: ConnectTool
  /** Where the secret comes from. */
  help: string
  onClose: () => void
}

/** How somebody connects whose secret is not shown here. */
export function ConnectDialog({ connection, first, help, onClose }: ConnectDialogProps) {
  const t = useTranslations()
  return (
    <Dialog
      title={t('connect.title')}
      subject={connection.userName}
      wide
      confirm={t('secret.done')}
      onClose={onClose}
      onSubmit={onClose}
      foot={
        <Button type="submit" variant="primary">
          {t('secret.done')}
        </Button>
      }
    >
      <p className="muted">{help}</p>
      <ConnectTabs connection={{ ...connection, secret: null }} first={first} />
    </Dialog>
  )
}
