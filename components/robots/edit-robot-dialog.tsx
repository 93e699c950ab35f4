'use client'

import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { robotDescriptionMax } from '@/lib/api/schemas/robots'
import type { RobotView } from '@/lib/api/schemas/robots'
import { robotQuery, useUpdateRobot } from '../queries/robots'
import { EditDialog } from '../ui/edit-dialog'
import { SelectField, TextField } from '../ui/field'
import { OpenedDialog } from '../ui/opened-dialog'
import type { Opened } from '../ui/opened-dialog'
import { useEdit } from '../ui/use-edit'
import { useFormat } from '../ui/use-format'
import { CountPulls } from '../figures/count-pulls'
import { daysOffered, expiryAfter } from './expiry'

interface EditRobotDialogProps {
  robotId: string
  onClose: () => void
}

/** Changes a robot's description, when it expires, and whether its pulls are counted. */
export function EditRobotDialog({ robotId, onClose }: EditRobotDialogProps) {
  const t = useTranslations()
  return (
    <OpenedDialog title={t('robots.edit')} query={robotQuery(robotId)} onClose={onClose}>
      {(dialog) => <EditForm {...dialog} />}
    </OpenedDialog>
  )
}

type Settings = Pick<RobotView, 'description' | 'expiresAt' | 'arePullsCounted'>

function settingsOf({ description, expiresAt, arePullsCounted }: RobotView): Settings {
  return { description, expiresAt, arePullsCounted }
}

function EditForm(dialog: Opened<RobotView>) {
  const t = useTranslations()
  const format = useFormat()
  const name = dialog.opened.data.userName
  const edit = useEdit({
    dialog,
    settingsOf,
    update: useUpdateRobot(dialog.opened.data.id),
    saved: () => ({ title: t('robots.saved', { name }) }),
  })
  const { base, values, set } = edit

  function word(setting: keyof Settings, value: Settings[keyof Settings]): string {
    if (typeof value === 'boolean') return value ? t('figures.counted') : t('figures.notCounted')
    if (setting === 'description') return value ?? ''
    return value === null ? t('robots.neverExpires') : format.date(value)
  }

  return (
    <EditDialog
      title={t('robots.edit')}
      subject={name}
      edit={edit}
      conflict={t('robots.conflict')}
      labels={{
        description: t('robots.description'),
        expiresAt: t('robots.expires'),
        arePullsCounted: t('figures.countPulls'),
      }}
      word={word}
    >
      <TextField
        label={t('robots.description')}
        name="description"
        maxLength={robotDescriptionMax}
        help={t('robots.descriptionHelp')}
        value={values.description}
        onChange={(event) => set({ description: event.target.value })}
      />
      <ExpirySelect before={base.expiresAt} value={values.expiresAt} onChange={(expiresAt) => set({ expiresAt })} />
      <CountPulls checked={values.arePullsCounted} onChange={(arePullsCounted) => set({ arePullsCounted })} />
    </EditDialog>
  )
}

interface ExpirySelectProps {
  /** When it expires as it is; null: never. */
  before: string | null
  value: string | null
  onChange: (expiresAt: string | null) => void
}

/** As it is, or so many days from now, or never. */
function ExpirySelect({ before, value, onChange }: ExpirySelectProps) {
  const t = useTranslations()
  const format = useFormat()
  const [days, setDays] = useState(0)
  return (
    <SelectField
      label={t('robots.expires')}
      name="expiresAt"
      help={t('robots.expiryHelp')}
      value={value === before ? '' : days}
      onChange={({ target }) => {
        setDays(Number(target.value))
        onChange(target.value === '' ? before : expiryAfter(Number(target.value)))
      }}
    >
      <option value="">
        {before === null ? t('robots.neverExpires') : t('robots.expiryKept', { date: format.date(before) })}
      </option>
      {daysOffered
        .filter((count) => count > 0 || before !== null)
        .map((count) => (
          <option key={count} value={count}>
            {count === 0 ? t('robots.neverExpires') : t('robots.daysFromNow', { count })}
          </option>
        ))}
    </SelectField>
  )
}
