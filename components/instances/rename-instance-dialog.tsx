'use client'

import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import type { Versioned } from '@/lib/api/client/api'
import { isApiError } from '@/lib/api/client/api-error'
import { updateInstanceBody } from '@/lib/api/schemas/instances'
import type { InstanceView } from '@/lib/api/schemas/instances'
import { instanceQuery, useUpdateInstance } from '../queries/instances'
import { Banner } from '../ui/banner'
import { Dialog } from '../ui/dialog'
import { TextField } from '../ui/field'
import { FormError } from '../ui/form-error'
import { LoadingDialog } from '../ui/loading-dialog'
import { useToast } from '../ui/toast'
import { useForm } from '../ui/use-form'
import { useOpened } from '../ui/use-opened'

interface RenameInstanceDialogProps {
  instanceId: string
  onClose: () => void
}

/** Renames an instance, and with it its host names. */
export function RenameInstanceDialog({ instanceId, onClose }: RenameInstanceDialogProps) {
  const t = useTranslations()
  const query = useQuery({ ...instanceQuery(instanceId), staleTime: 0 })
  const opened = useOpened(query)
  if (opened === null) return <LoadingDialog title={t('instances.rename')} query={query} onClose={onClose} />
  return <RenameForm opened={opened} onReload={query.refetch} onClose={onClose} />
}

interface RenameFormProps {
  opened: Versioned<InstanceView>
  onReload: () => Promise<{ data: Versioned<InstanceView> | undefined }>
  onClose: () => void
}

function RenameForm({ opened, onReload, onClose }: RenameFormProps) {
  const t = useTranslations()
  const toast = useToast()
  const [base, setBase] = useState(opened)
  const [hasMoved, setHasMoved] = useState(false)
  const update = useUpdateInstance(base.data.id)
  const form = useForm({ name: base.data.name }, updateInstanceBody.pick({ name: true }).required())
  const isTaken = isApiError(update.error, 'ALREADY_EXISTS')
  const isStale = isApiError(update.error, 'PRECONDITION_FAILED')

  function nameError() {
    if (isTaken) return t('instances.nameTaken')
    return form.isWrong('name') ? t('instances.nameRule') : undefined
  }

  return (
    <Dialog
      title={t('instances.rename')}
      subject={base.data.name}
      confirm={t('common.confirm')}
      busy={update.isPending}
      disabled={form.values.name === base.data.name}
      onClose={onClose}
      onSubmit={(event) => {
        const element = event.currentTarget
        const body = form.check(element)
        if (!body) return
        update.mutate(
          { body, etag: base.etag },
          {
            onSuccess: ({ data }) => {
              toast({
                title: t('instances.renamed', { from: base.data.name, to: data.name }),
                body: t('instances.renamedNext', { host: data.endpoints.internet }),
              })
              onClose()
            },
            onError: (error) => {
              form.refused(error, element)
              if (!isApiError(error, 'PRECONDITION_FAILED')) return
              void onReload().then(({ data }) => {
                if (data) setBase(data)
                setHasMoved(true)
              })
            },
          },
        )
      }}
    >
      {hasMoved && (
        <Banner tone="danger" icon="refused">
          <p>{t('instances.renameConflict', { name: base.data.name })}</p>
        </Banner>
      )}
      {!isTaken && !isStale && <FormError error={update.error} />}
      <TextField
        label={t('instances.name')}
        name="name"
        maxLength={30}
        spellCheck={false}
        required
        help={t('instances.renameHelp')}
        value={form.values.name}
        error={nameError()}
        onChange={(event) => form.set('name', event.target.value)}
      />
    </Dialog>
  )
}
