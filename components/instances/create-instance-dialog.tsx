'use client'

import { useTranslations } from 'next-intl'
import { isApiError } from '@/lib/api/client/api-error'
import { createInstanceBody, instance } from '@/lib/api/schemas/instances'
import type { InstanceView } from '@/lib/api/schemas/instances'
import type { RegionId } from '@/lib/domain/regions'
import { useCreateInstance } from '../queries/instances'
import { Dialog } from '../ui/dialog'
import { SelectField, TextField } from '../ui/field'
import { FormError } from '../ui/form-error'
import { useToast } from '../ui/toast'
import { useForm } from '../ui/use-form'

const specifications = instance.shape.specification.options

interface Values {
  name: string
  regionId: RegionId
  specification: InstanceView['specification']
}

/** Makes an instance in `region`. */
export function CreateInstanceDialog({ region, onClose }: { region: RegionId; onClose: () => void }) {
  const t = useTranslations()
  const toast = useToast()
  const create = useCreateInstance()
  const form = useForm<Values, ReturnType<typeof createInstanceBody.parse>>(
    { name: '', regionId: region, specification: 'Enterprise_Basic' },
    createInstanceBody,
  )
  const isTaken = isApiError(create.error, 'ALREADY_EXISTS')

  function nameError() {
    if (isTaken) return t('instances.nameTaken')
    return form.isWrong('name') ? t('instances.nameRule') : undefined
  }

  return (
    <Dialog
      title={t('instances.create')}
      subject={t(`regions.${region}`)}
      confirm={t('common.confirm')}
      busy={create.isPending}
      onClose={onClose}
      onSubmit={(event) => {
        const element = event.currentTarget
        const body = form.check(element)
        if (!body) return
        create.mutate(body, {
          onSuccess: (made) => {
            toast({ title: t('instances.made', { name: made.name }), body: t('instances.madeNext') })
            onClose()
          },
          onError: (error) => form.refused(error, element),
        })
      }}
    >
      {!isTaken && <FormError error={create.error} />}
      <TextField
        label={t('instances.name')}
        name="name"
        maxLength={30}
        spellCheck={false}
        required
        help={t('instances.nameRule')}
        value={form.values.name}
        error={nameError()}
        onChange={(event) => {
          create.reset()
          form.set('name', event.target.value)
        }}
      />
      <SelectField
        label={t('instances.specification')}
        name="specification"
        help={t('instances.specificationHelp')}
        value={form.values.specification}
        onChange={(event) => form.set('specification', event.target.value as Values['specification'])}
      >
        {specifications.map((specification) => (
          <option key={specification} value={specification}>
            {t(`instances.specifications.${specification}`)}
          </option>
        ))}
      </SelectField>
    </Dialog>
  )
}
