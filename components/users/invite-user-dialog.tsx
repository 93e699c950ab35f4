'use client'

import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { inviteUserBody } from '@/lib/api/schemas/invitations'
import type { Permission } from '@/lib/domain/access'
import { CountPulls } from '../figures/count-pulls'
import { InstancePicker, useOnlyInstance } from '../grants/instance-picker'
import type { ChosenInstance } from '../grants/instance-picker'
import { PermissionChoices } from '../grants/permission'
import { ScopePicker, initialScope, scopeIdOf } from '../grants/scope-picker'
import type { ScopeChoice } from '../grants/scope-picker'
import { useInviteUser } from '../queries/user-changes'
import { Dialog } from '../ui/dialog'
import { NameField } from '../ui/name-field'
import { focusField, useForm } from '../ui/use-form'
import { InvitationLinkDialog } from './invitation-link-dialog'
import { UserFields } from './user-fields'
import type { UserSettings } from './user-fields'

const initial: UserSettings & { name: string; arePullsCounted: boolean } = {
  name: '',
  displayName: '',
  role: 'MEMBER',
  arePullsCounted: true,
}

/** The whole of an instance that an administrator manages. */
const wholeInstance = initialScope({ access: 'MANAGE' })

/** Makes a user with what they may do, then shows the link with which they set a password. */
export function InviteUserDialog({ onClose }: { onClose: () => void }) {
  const t = useTranslations()
  const invite = useInviteUser()
  const only = useOnlyInstance()
  const [chosen, setChosen] = useState<ChosenInstance | null>(null)
  const [permission, setPermission] = useState<Permission | null>('PULL')
  const [scope, setScope] = useState<ScopeChoice>(wholeInstance)
  const [isChecked, setChecked] = useState(false)
  const instance = chosen ?? only
  const scopeId = instance && scopeIdOf(scope, instance.id)

  const form = useForm({
    initial,
    schema: inviteUserBody,
    action: invite,
    // Administrators may do everything.
    variables: (body) => ({
      ...body,
      grants: body.role === 'MEMBER' && permission !== null && scopeId !== null ? [{ scopeId, permission }] : [],
    }),
    check: ({ role }, dialog) => {
      setChecked(true)
      const isRight = role === 'ADMINISTRATOR' || permission === null || scopeId !== null
      if (!isRight) focusField(dialog, ['instanceId', 'namespaceId', 'repositoryId'])
      return isRight
    },
    onClose,
  })

  if (invite.data) return <InvitationLinkDialog invitation={invite.data} onClose={onClose} />

  return (
    <Dialog title={t('invitations.invite')} confirm={t('common.confirm')} {...form.dialog}>
      <p>{t('invitations.inviteHelp')}</p>
      <NameField
        form={form}
        label={t('users.name')}
        maxLength={64}
        autoCapitalize="none"
        rule={t('users.nameRule')}
        taken={t('users.nameTaken')}
      />
      <UserFields
        values={form.values}
        isNameWrong={form.isWrong('displayName')}
        onChange={({ displayName, role }) => {
          if (displayName !== undefined) form.set('displayName', displayName)
          if (role !== undefined) form.set('role', role)
        }}
      />
      {form.values.role === 'MEMBER' && (
        <PermissionChoices
          value={permission}
          onChange={setPermission}
          none={{ value: null, label: t('invitations.nothingYet'), help: t('invitations.nothingYetHelp') }}
        />
      )}
      {form.values.role === 'MEMBER' && permission !== null && (
        <>
          {only === null && (
            <InstancePicker
              chosen={chosen}
              onChoose={(next) => {
                setChosen(next)
                setScope(wholeInstance)
              }}
              error={isChecked && instance === null ? t('grants.instanceMissing') : undefined}
            />
          )}
          {instance !== null && (
            <ScopePicker
              key={instance.id}
              instance={instance}
              value={scope}
              onChange={setScope}
              error={isChecked && scopeId === null ? t('grants.scopeMissing') : undefined}
            />
          )}
        </>
      )}
      <CountPulls
        checked={form.values.arePullsCounted}
        onChange={(isCounted) => form.set('arePullsCounted', isCounted)}
      />
    </Dialog>
  )
}
