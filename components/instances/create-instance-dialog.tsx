'use client'

import { useTranslations } from 'next-intl'
import { createInstanceBody, instance } from '@/lib/api/schemas/instances'
import type { InstanceView } from '@/lib/api/schemas/instances'
import type { RegionId } from '@/lib/domain/regions'
import { useCreateInstance } from '../queries/instance-changes'
import { Dialog } from '../ui/dialog'
import { SelectField } from '../ui/field'
import { NameField } from '../ui/name-field'
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
  const create = useCreateInstance()
  const initial: Values = { name: '', regionId: region, specification: 'Enterprise_Basic' }
  const form = useForm({
    initial,
    schema: createInstanceBody,
    action: create,
    variables: (body) => body,
    done: ({ name }) => ({ title: t('instances.made', { name }), body: t('instances.madeNext') }),
    onClose,
  })
  return (
    <Dialog
      title={t('instances.create')}
      subject={t(`regions.${region}`)}
      confirm={t('common.confirm')}
      {...form.dialog}
    >
      <NameField
        form={form}
        label={t('instances.name')}
        maxLength={30}
        rule={t('instances.nameRule')}
        taken={t('instances.nameTaken')}
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
