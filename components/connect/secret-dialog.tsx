'use client'

import { useTranslations } from 'next-intl'
import type { ReactNode } from 'react'
import { ConnectTabs } from './connect-tabs'
import type { ConnectTool, Connection } from './snippets'
import { Banner } from '../ui/banner'
import { Button } from '../ui/button'
import { Copyable } from '../ui/copy-button'
import { Dialog } from '../ui/dialog'
import { Fact } from '../ui/fact'

interface SecretDialogProps {
  title: string
  /** What goes with the secret: a user name, an id. */
  name: { label: string; value: string }
  secret: { label: string; value: string }
  /** What else is copied with them. */
  more?: { label: string; value: string }
  /** How it is used at a registry; null where it is not for one, or that is not known yet. */
  connect: { connection: Omit<Connection, 'isPlainHttp' | 'secret' | 'userName'>; first: ConnectTool } | null
  /** Other commands that have the secret in them. */
  children?: ReactNode
  onClose: () => void
}

/** Shows a secret, the one time that it is shown, with what to do with it. It closes by Done alone. */
export function SecretDialog(props: SecretDialogProps) {
  const { title, name, secret, more, connect, children, onClose } = props
  const t = useTranslations()
  return (
    <Dialog
      title={title}
      confirm={t('secret.done')}
      stays
      wide={connect !== null}
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
      <dl className="facts">
        <Shown {...name} />
        <Shown {...secret} />
        {more && <Shown {...more} />}
      </dl>
      {connect && (
        <ConnectTabs
          connection={{ ...connect.connection, userName: name.value, secret: secret.value }}
          first={connect.first}
        />
      )}
      {children}
    </Dialog>
  )
}

function Shown({ label, value }: { label: string; value: string }) {
  const t = useTranslations()
  return (
    <Fact label={label} full>
      <Copyable text={value} label={t('secret.copySecret', { name: label })} />
    </Fact>
  )
}
