'use client'

import { useTranslations } from 'next-intl'
import type { ReactNode } from 'react'
import { Banner } from './ui/banner'
import { Button } from './ui/button'
import { CodeBlock } from './ui/code-block'
import { Copyable } from './ui/copy-button'
import { Dialog } from './ui/dialog'
import { Fact } from './ui/fact'

interface SecretDialogProps {
  title: string
  /** What goes with the secret: a user name, an id. */
  name: { label: string; value: string }
  secret: { label: string; value: string }
  /** What else is copied with them. */
  more?: { label: string; value: string }
  /** Where it logs on, for a command that does; null where it is not for a registry, or that is not known yet. */
  registryHost: string | null
  /** Other commands that have the secret in them. */
  children?: ReactNode
  onClose: () => void
}

/** Shows a secret, the one time that it is shown, with what to do with it. It closes by Done alone. */
export function SecretDialog(props: SecretDialogProps) {
  const { title, name, secret, more, registryHost, children, onClose } = props
  const t = useTranslations()
  return (
    <Dialog
      title={title}
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
      <dl className="facts">
        <Shown {...name} />
        <Shown {...secret} />
        {more && <Shown {...more} />}
      </dl>
      {registryHost !== null && (
        <div className="field">
          <p>{t('secret.command')}</p>
          <CodeBlock label={t('secret.copyCommand')} lines={[[logOnCommand(name.value, secret.value, registryHost)]]} />
        </div>
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

/** The password by standard input: as an option it would stand in the list of processes. */
function logOnCommand(userName: string, secret: string, registryHost: string): string {
  return `echo ${secret} | docker login --username=${userName} --password-stdin ${registryHost}`
}
