'use client'

import { useTranslations } from 'next-intl'
import { useState } from 'react'
import type { CredentialsView } from '@/lib/api/schemas/credentials'
import { useCreateTemporaryToken } from '../queries/credentials'
import { SecretDialog } from '../connect/secret-dialog'
import { Dialog } from '../ui/dialog'
import { SelectField } from '../ui/field'
import { useAction } from '../ui/use-action'

const hoursOffered = [1, 2, 4, 8, 12, 24]

interface CreateTokenDialogProps {
  instanceId: string
  credentials: CredentialsView
  mayPush: boolean
  onClose: () => void
}

/** Makes a temporary token, then shows it. */
export function CreateTokenDialog({ instanceId, credentials, mayPush, onClose }: CreateTokenDialogProps) {
  const t = useTranslations()
  const create = useCreateTemporaryToken(instanceId)
  const { run, close } = useAction(create, onClose)
  const [hours, setHours] = useState(1)
  if (create.data) {
    return (
      <SecretDialog
        title={t('tokens.made')}
        name={{ label: t('credentials.userName'), value: `${credentials.userNamePrefix}${create.data.userName}` }}
        secret={{ label: t('credentials.password'), value: create.data.token }}
        connect={{ connection: { ...credentials, namespace: null, repository: null, mayPush }, first: 'docker' }}
        onClose={onClose}
      />
    )
  }
  return (
    <Dialog
      title={t('tokens.create')}
      confirm={t('common.confirm')}
      error={create.error}
      busy={create.isPending}
      onClose={close}
      plan={() => create.plan(hours)}
      onSubmit={() => run(hours)}
    >
      <SelectField
        label={t('tokens.hours')}
        name="hours"
        help={t('tokens.hoursHelp')}
        value={hours}
        onChange={(event) => setHours(Number(event.target.value))}
      >
        {hoursOffered.map((count) => (
          <option key={count} value={count}>
            {t('tokens.hoursOption', { count })}
          </option>
        ))}
      </SelectField>
    </Dialog>
  )
}
