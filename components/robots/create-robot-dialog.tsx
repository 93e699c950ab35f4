'use client'

import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { createRobotBody, robotDescriptionMax } from '@/lib/api/schemas/robots'
import { allNamespacesQuery } from '../queries/namespaces'
import { useCreateRobot } from '../queries/robots'
import { Dialog } from '../ui/dialog'
import { SelectField, TextField } from '../ui/field'
import { FormError } from '../ui/form-error'
import { NameField } from '../ui/name-field'
import { useForm } from '../ui/use-form'
import { daysOffered, expiryAfter } from './expiry'
import { RobotGrantsFields } from './robot-grants-fields'
import type { RobotGrant } from './robot-grants-fields'
import { RobotSecretDialog } from './robot-secret-dialog'

const initial: { name: string; description: string; grants: RobotGrant[] } = { name: '', description: '', grants: [] }

/** Makes a robot of an instance, then shows its secret. */
export function CreateRobotDialog({ instanceId, onClose }: { instanceId: string; onClose: () => void }) {
  const t = useTranslations()
  const create = useCreateRobot(instanceId)
  const namespaces = useQuery(allNamespacesQuery(instanceId))
  const [days, setDays] = useState(90)
  const form = useForm({
    initial,
    schema: createRobotBody,
    action: create,
    variables: (body) => ({ ...body, expiresAt: expiryAfter(days) }),
    onClose,
  })

  if (create.data) {
    const name = create.data.userName
    return <RobotSecretDialog title={t('robots.made', { name })} robot={create.data} onClose={onClose} />
  }

  return (
    <Dialog title={t('robots.create')} confirm={t('common.confirm')} {...form.dialog}>
      {!form.isTaken && <FormError error={create.error} />}
      <NameField
        form={form}
        label={t('robots.name')}
        maxLength={64}
        autoCapitalize="none"
        rule={t('robots.nameRule')}
        taken={t('robots.nameTaken')}
      />
      <TextField
        label={t('robots.description')}
        name="description"
        maxLength={robotDescriptionMax}
        help={t('robots.descriptionHelp')}
        value={form.values.description}
        onChange={(event) => form.set('description', event.target.value)}
      />
      <SelectField
        label={t('robots.expiry')}
        name="days"
        help={t('robots.expiryHelp')}
        value={days}
        onChange={(event) => setDays(Number(event.target.value))}
      >
        {daysOffered.map((count) => (
          <option key={count} value={count}>
            {count === 0 ? t('robots.neverExpires') : t('robots.validDays', { count })}
          </option>
        ))}
      </SelectField>
      <RobotGrantsFields
        instanceId={instanceId}
        namespaces={namespaces}
        grants={form.values.grants}
        onChange={(grants) => form.set('grants', grants)}
      />
    </Dialog>
  )
}
