'use client'

import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { isApiError } from '@/lib/api/client/api-error'
import { updateInstanceBody } from '@/lib/api/schemas/instances'
import type { InstanceView } from '@/lib/api/schemas/instances'
import { useUpdateInstance } from '../queries/instance-changes'
import { instanceQuery } from '../queries/instances'
import { Banner } from '../ui/banner'
import { Dialog } from '../ui/dialog'
import { NameField } from '../ui/name-field'
import { OpenedDialog } from '../ui/opened-dialog'
import type { Opened } from '../ui/opened-dialog'
import { useForm } from '../ui/use-form'

interface RenameInstanceDialogProps {
  instanceId: string
  onClose: () => void
}

/** Renames an instance, and with it its host names. */
export function RenameInstanceDialog({ instanceId, onClose }: RenameInstanceDialogProps) {
  const t = useTranslations()
  return (
    <OpenedDialog title={t('instances.rename')} query={instanceQuery(instanceId)} onClose={onClose}>
      {(dialog) => <RenameForm {...dialog} />}
    </OpenedDialog>
  )
}

function RenameForm({ opened, reload, onClose }: Opened<InstanceView>) {
  const t = useTranslations()
  const [base, setBase] = useState(opened)
  const [hasMoved, setHasMoved] = useState(false)
  const update = useUpdateInstance(base.data.id)
  const form = useForm({
    initial: { name: base.data.name },
    schema: updateInstanceBody.pick({ name: true }).required(),
    action: update,
    variables: (body) => ({ body, etag: base.etag }),
    done: ({ data }) => ({
      title: t('instances.renamed', { from: base.data.name, to: data.name }),
      body: t('instances.renamedNext', { host: data.registryAddress }),
    }),
    onError: (error) => {
      if (!isApiError(error, 'PRECONDITION_FAILED')) return
      void reload().then(({ data }) => {
        if (data) setBase(data)
        setHasMoved(true)
      })
    },
    onClose,
  })
  return (
    <Dialog
      title={t('instances.rename')}
      subject={base.data.name}
      confirm={t('common.confirm')}
      disabled={form.values.name === base.data.name}
      {...form.dialog}
      error={isApiError(update.error, 'PRECONDITION_FAILED') ? null : update.error}
    >
      {hasMoved && (
        <Banner tone="danger" icon="refused">
          <p>{t('instances.renameConflict', { name: base.data.name })}</p>
        </Banner>
      )}
      <NameField
        form={form}
        label={t('instances.name')}
        maxLength={30}
        rule={t('instances.nameRule')}
        taken={t('instances.nameTaken')}
        help={t('instances.renameHelp')}
      />
    </Dialog>
  )
}
