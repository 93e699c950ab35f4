'use client'

import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import type { Versioned } from '@/lib/api/client/api'
import { isApiError } from '@/lib/api/client/api-error'
import type { NamespaceView } from '@/lib/api/schemas/namespaces'
import { Button } from '../ui/button'
import { Conflict } from '../ui/conflict'
import { Dialog } from '../ui/dialog'
import { FormError } from '../ui/form-error'
import { LoadingDialog } from '../ui/loading-dialog'
import { useToast } from '../ui/toast'
import { changesOf, conflictsOf } from '../ui/settings'
import { NamespaceDefaultsFields } from './namespace-defaults'
import type { NamespaceDefaults } from './namespace-defaults'
import { namespaceQuery, useUpdateNamespace } from './queries'

interface EditNamespaceDialogProps {
  namespaceId: string
  onClose: () => void
}

/** Changes what a namespace says about pushes and the repositories they make. */
export function EditNamespaceDialog({ namespaceId, onClose }: EditNamespaceDialogProps) {
  const t = useTranslations()
  const { data, error, isFetching, refetch } = useQuery({ ...namespaceQuery(namespaceId), staleTime: 0 })
  const [opened, setOpened] = useState<Versioned<NamespaceView> | null>(null)
  if (opened === null && data && !isFetching) setOpened(data)
  if (opened === null) {
    return (
      <LoadingDialog
        title={t('namespaces.edit')}
        error={isFetching ? null : error}
        onRetry={() => void refetch()}
        onClose={onClose}
      />
    )
  }
  return <EditForm opened={opened} onReload={refetch} onClose={onClose} />
}

interface EditFormProps {
  opened: Versioned<NamespaceView>
  onReload: () => Promise<{ data: Versioned<NamespaceView> | undefined }>
  onClose: () => void
}

function defaultsOf({
  autoCreateRepository,
  defaultRepositoryType,
  defaultTagImmutability,
  acceptSparseManifests,
}: NamespaceView): NamespaceDefaults {
  return { autoCreateRepository, defaultRepositoryType, defaultTagImmutability, acceptSparseManifests }
}

function EditForm({ opened, onReload, onClose }: EditFormProps) {
  const t = useTranslations()
  const toast = useToast()
  const [base, setBase] = useState(opened)
  const [theirs, setTheirs] = useState<Versioned<NamespaceView> | null>(null)
  const [values, setValues] = useState(() => defaultsOf(opened.data))
  const update = useUpdateNamespace(base.data.id)
  const changes = changesOf(defaultsOf(base.data), values)

  function save(etag: string) {
    update.mutate(
      { body: changes, etag },
      {
        onSuccess: ({ data }) => {
          toast({ title: t('namespaces.saved', { name: data.name }), body: t('namespaces.savedNext') })
          onClose()
        },
        onError: (error) => {
          if (isApiError(error, 'PRECONDITION_FAILED')) void onReload().then(({ data }) => setTheirs(data ?? null))
        },
      },
    )
  }

  function takeTheirs(current: Versioned<NamespaceView>) {
    setBase(current)
    setValues(defaultsOf(current.data))
    setTheirs(null)
    update.reset()
  }

  function word(name: keyof NamespaceDefaults, value: string | boolean): string {
    if (name === 'defaultRepositoryType')
      return value === 'PUBLIC' ? t('repositories.public') : t('repositories.private')
    if (name === 'defaultTagImmutability') return value ? t('repositories.immutable') : t('repositories.mutable')
    return value ? t('namespaces.on') : t('namespaces.off')
  }

  const labels: Record<keyof NamespaceDefaults, string> = {
    autoCreateRepository: t('namespaces.autoCreate'),
    defaultRepositoryType: t('namespaces.defaultType'),
    defaultTagImmutability: t('namespaces.defaultImmutability'),
    acceptSparseManifests: t('namespaces.acceptSparse'),
  }

  return (
    <Dialog
      title={t('namespaces.edit')}
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
          rows={conflictsOf(defaultsOf(base.data), defaultsOf(theirs.data), values).map(
            ({ name, theirs: other, yours }) => ({
              label: labels[name],
              theirs: word(name, other),
              yours: yours === undefined ? null : word(name, yours),
            }),
          )}
        >
          <p>{t('namespaces.conflict')}</p>
        </Conflict>
      ) : (
        <>
          <NamespaceDefaultsFields
            values={values}
            onChange={(change) => setValues((others) => ({ ...others, ...change }))}
          />
        </>
      )}
    </Dialog>
  )
}
