'use client'

import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { isApiError } from '@/lib/api/client/api-error'
import { createRobotBody, robotDescriptionMax } from '@/lib/api/schemas/robots'
import { allNamespacesQuery } from '../queries/namespaces'
import { useCreateRobot } from '../queries/robots'
import { Dialog } from '../ui/dialog'
import { SelectField, TextField } from '../ui/field'
import { FormError } from '../ui/form-error'
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
  const form = useForm(initial, createRobotBody)
  const [days, setDays] = useState(90)
  const isTaken = isApiError(create.error, 'ALREADY_EXISTS')

  if (create.data) {
    const name = create.data.userName
    return <RobotSecretDialog title={t('robots.made', { name })} robot={create.data} onClose={onClose} />
  }

  function nameError() {
    if (isTaken) return t('robots.nameTaken')
    return form.isWrong('name') ? t('robots.nameRule') : undefined
  }

  return (
    <Dialog
      title={t('robots.create')}
      confirm={t('common.confirm')}
      busy={create.isPending}
      onClose={onClose}
      onSubmit={(event) => {
        const element = event.currentTarget
        const body = form.check(element)
        if (!body) return
        create.mutate({ ...body, expiresAt: expiryAfter(days) }, { onError: (error) => form.refused(error, element) })
      }}
    >
      {!isTaken && <FormError error={create.error} />}
      <TextField
        label={t('robots.name')}
        name="name"
        maxLength={64}
        spellCheck={false}
        autoCapitalize="none"
        required
        help={t('robots.nameRule')}
        value={form.values.name}
        error={nameError()}
        onChange={(event) => {
          create.reset()
          form.set('name', event.target.value)
        }}
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
