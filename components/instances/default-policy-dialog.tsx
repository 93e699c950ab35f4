'use client'

import { useTranslations } from 'next-intl'
import { useState } from 'react'
import type { InstanceView } from '@/lib/api/schemas/instances'
import { DefaultPolicyFields, defaultChange, useDefaultModeWord } from '../immutability/default-policy-fields'
import type { DefaultPolicy } from '../immutability/default-policy-fields'
import { useUpdateInstance } from '../queries/instance-changes'
import { instanceQuery } from '../queries/instances'
import { EditDialog } from '../ui/edit-dialog'
import { OpenedDialog } from '../ui/opened-dialog'
import type { Opened } from '../ui/opened-dialog'
import { useEdit, withBody } from '../ui/use-edit'

interface DefaultPolicyDialogProps {
  instanceId: string
  onClose: () => void
}

/** Changes the immutability policy that new repositories of an instance get. */
export function DefaultPolicyDialog({ instanceId, onClose }: DefaultPolicyDialogProps) {
  const t = useTranslations()
  return (
    <OpenedDialog title={t('immutability.editDefault')} query={instanceQuery(instanceId)} onClose={onClose}>
      {(dialog) => <DefaultPolicyForm {...dialog} />}
    </OpenedDialog>
  )
}

function settingsOf({ defaultImmutability: { mode, exemptTags } }: InstanceView): DefaultPolicy {
  return { defaultMode: mode, defaultExemptTags: exemptTags.join(' ') }
}

function bodyOf(change: Partial<DefaultPolicy>) {
  return { defaultImmutability: defaultChange(change) ?? undefined }
}

function DefaultPolicyForm(dialog: Opened<InstanceView>) {
  const t = useTranslations()
  const modeWord = useDefaultModeWord()
  const [isWrong, setIsWrong] = useState(false)
  const update = useUpdateInstance(dialog.opened.data.id)
  const edit = useEdit({
    dialog,
    settingsOf,
    update: withBody(update, bodyOf),
    saved: ({ name }) => ({ title: t('immutability.defaultSaved', { name }), body: t('namespaces.savedNext') }),
  })
  return (
    <EditDialog
      title={t('immutability.editDefault')}
      subject={edit.base.name}
      edit={edit}
      isWrong={isWrong}
      conflict={t('immutability.defaultConflict')}
      labels={{ defaultMode: t('namespaces.defaultImmutability'), defaultExemptTags: t('immutability.exemptTags') }}
      word={(name, value) => (name === 'defaultMode' ? modeWord(value as DefaultPolicy['defaultMode']) : value)}
    >
      <DefaultPolicyFields
        legend={t('namespaces.defaultImmutability')}
        values={edit.values}
        stored={settingsOf(edit.base)}
        inherited={null}
        onChange={edit.set}
        onWrong={setIsWrong}
      />
    </EditDialog>
  )
}
