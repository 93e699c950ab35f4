'use client'

import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { createRobotBody, robotDescriptionMax } from '@/lib/api/schemas/robots'
import { CountPulls } from '../figures/count-pulls'
import { InstancePicker, useOnlyInstance } from '../grants/instance-picker'
import type { ChosenInstance } from '../grants/instance-picker'
import { useCreateRobot } from '../queries/robots'
import { Dialog } from '../ui/dialog'
import { SelectField, TextField } from '../ui/field'
import { NameField } from '../ui/name-field'
import { focusField, useForm } from '../ui/use-form'
import { daysOffered, expiryAfter } from './expiry'
import { RobotGrantsFields } from './robot-grants-fields'
import type { RobotGrant } from './robot-grants-fields'
import { RobotSecretDialog } from './robot-secret-dialog'

const initial: { name: string; description: string; arePullsCounted: boolean; grants: RobotGrant[] } = {
  name: '',
  description: '',
  arePullsCounted: true,
  grants: [],
}

interface CreateRobotDialogProps {
  /** The instance it is for; null: chosen in the dialog, where there are several. */
  instanceId: string | null
  onClose: () => void
}

/** Makes a robot of an instance with what it may do, then shows its secret and how it connects. */
export function CreateRobotDialog({ instanceId: here, onClose }: CreateRobotDialogProps) {
  const t = useTranslations()
  const create = useCreateRobot()
  const only = useOnlyInstance()
  const [chosen, setChosen] = useState<ChosenInstance | null>(null)
  const [isChecked, setChecked] = useState(false)
  const instanceId = here ?? chosen?.id ?? only?.id ?? null
  const [days, setDays] = useState(90)
  const form = useForm({
    initial,
    schema: createRobotBody,
    action: create,
    variables: (body) => ({ instanceId: instanceId ?? '', body: { ...body, expiresAt: expiryAfter(days) } }),
    check: (_values, dialog) => {
      setChecked(true)
      if (instanceId === null) focusField(dialog, ['instanceId'])
      return instanceId !== null
    },
    onClose,
  })

  if (create.data) {
    const name = create.data.userName
    return <RobotSecretDialog title={t('robots.made', { name })} robot={create.data} onClose={onClose} />
  }

  return (
    <Dialog title={t('robots.create')} confirm={t('common.confirm')} {...form.dialog}>
      {here === null && only === null && (
        <InstancePicker
          chosen={chosen}
          onChoose={(instance) => {
            form.forget()
            // What was granted is in the other instance.
            form.set('grants', [])
            setChosen(instance)
          }}
          error={isChecked && instanceId === null ? t('grants.instanceMissing') : undefined}
        />
      )}
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
        path="expiresAt"
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
      <CountPulls
        checked={form.values.arePullsCounted}
        onChange={(isCounted) => form.set('arePullsCounted', isCounted)}
      />
      {instanceId !== null && (
        <RobotGrantsFields
          key={instanceId}
          instanceId={instanceId}
          grants={form.values.grants}
          onChange={(grants) => form.set('grants', grants)}
        />
      )}
    </Dialog>
  )
}
