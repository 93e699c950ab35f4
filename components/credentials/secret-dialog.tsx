'use client'

import { useTranslations } from 'next-intl'
import type { ReactNode } from 'react'
import { Banner } from '../ui/banner'
import { Button } from '../ui/button'
import { CodeBlock } from '../ui/code-block'
import { Copyable } from '../ui/copy-button'
import { Dialog } from '../ui/dialog'

interface SecretDialogProps {
  title: string
  /** What goes with the secret: a user name, an id. */
  name: { label: string; value: string }
  secret: { label: string; value: string }
  /** Where it logs on, for a command that does; null where it is not for a registry, or that is not known yet. */
  registryHost: string | null
  onClose: () => void
  children?: ReactNode
}

/** Shows a secret, this once, with what to do with it. */
export function SecretDialog({ title, name, secret, registryHost, onClose, children }: SecretDialogProps) {
  const t = useTranslations()
  return (
    <Dialog
      title={title}
      confirm={t('secret.done')}
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
      <Shown {...name} />
      <Shown {...secret} />
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
    <div className="field">
      <p>{label}</p>
      <Copyable text={value} label={t('secret.copySecret', { name: label })} />
    </div>
  )
}

/** The password by standard input: as an option it would stand in the list of processes. */
function logOnCommand(userName: string, secret: string, registryHost: string): string {
  return `echo ${secret} | docker login --username=${userName} --password-stdin ${registryHost}`
}
