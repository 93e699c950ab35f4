'use client'

import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import type { Versioned } from '@/lib/api/client/api'
import { isApiError } from '@/lib/api/client/api-error'
import type { UserView } from '@/lib/api/schemas/users'
import { Button } from '../ui/button'
import { Conflict } from '../ui/conflict'
import { Dialog } from '../ui/dialog'
import { FormError } from '../ui/form-error'
import { LoadingDialog } from '../ui/loading-dialog'
import { changesOf, conflictsOf } from '../ui/settings'
import { useToast } from '../ui/toast'
import { userQuery, useUpdateUser } from './queries'
import { UserFields } from './user-fields'
import type { UserSettings } from './user-fields'

interface EditUserDialogProps {
  userId: string
  onClose: () => void
}

/** Changes a user's display name and role. */
export function EditUserDialog({ userId, onClose }: EditUserDialogProps) {
  const t = useTranslations()
  const { data, error, isFetching, refetch } = useQuery({ ...userQuery(userId), staleTime: 0 })
  const [opened, setOpened] = useState<Versioned<UserView> | null>(null)
  if (opened === null && data && !isFetching) setOpened(data)
  if (opened === null) {
    return (
      <LoadingDialog
        title={t('users.edit')}
        error={isFetching ? null : error}
        onRetry={() => void refetch()}
        onClose={onClose}
      />
    )
  }
  return <EditForm opened={opened} onReload={refetch} onClose={onClose} />
}

interface EditFormProps {
  opened: Versioned<UserView>
  onReload: () => Promise<{ data: Versioned<UserView> | undefined }>
  onClose: () => void
}

function settingsOf({ displayName, role }: UserView): UserSettings {
  return { displayName, role }
}

function EditForm({ opened, onReload, onClose }: EditFormProps) {
  const t = useTranslations()
  const toast = useToast()
  const [base, setBase] = useState(opened)
  const [theirs, setTheirs] = useState<Versioned<UserView> | null>(null)
  const [values, setValues] = useState(() => settingsOf(opened.data))
  const update = useUpdateUser(base.data.id)
  const changes = changesOf(settingsOf(base.data), values)

  function save(etag: string) {
    update.mutate(
      { body: changes, etag },
      {
        onSuccess: ({ data }) => {
          toast({ title: t('users.saved', { name: data.name }) })
          onClose()
        },
        onError: (error) => {
          if (isApiError(error, 'PRECONDITION_FAILED')) void onReload().then(({ data }) => setTheirs(data ?? null))
        },
      },
    )
  }

  function takeTheirs(current: Versioned<UserView>) {
    setBase(current)
    setValues(settingsOf(current.data))
    setTheirs(null)
    update.reset()
  }

  function word(name: keyof UserSettings, value: string): string {
    return name === 'role' ? t(`users.roles.${value as UserSettings['role']}`) : value
  }

  const labels: Record<keyof UserSettings, string> = { displayName: t('users.displayName'), role: t('users.role') }

  return (
    <Dialog
      title={t('users.edit')}
      subject={base.data.name}
      confirm={t('common.confirm')}
      busy={update.isPending}
      disabled={theirs === null && Object.keys(changes).length === 0}
      onClose={onClose}
      onSubmit={() => save((theirs ?? base).etag)}
      {...(theirs && {
        foot: (
          <>
            <Button onClick={() => takeTheirs(theirs)}>{t('conflict.useTheirs')}</Button>
            <Button type="submit" variant="primary" busy={update.isPending}>
              {t('conflict.useYours')}
            </Button>
          </>
        ),
      })}
    >
      {!isApiError(update.error, 'PRECONDITION_FAILED') && <FormError error={update.error} />}
      {theirs ? (
        <Conflict
          rows={conflictsOf(settingsOf(base.data), settingsOf(theirs.data), values).map(
            ({ name, theirs: other, yours }) => ({
              label: labels[name],
              theirs: word(name, other),
              yours: yours === undefined ? null : word(name, yours),
            }),
          )}
        >
          <p>{t('users.conflict')}</p>
        </Conflict>
      ) : (
        <UserFields values={values} onChange={(change) => setValues((others) => ({ ...others, ...change }))} />
      )}
    </Dialog>
  )
}
