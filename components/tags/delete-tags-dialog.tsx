'use client'

import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { useDeleteTags } from '../queries/tags'
import type { ChosenTags } from '../queries/tags'
import { Dialog } from '../ui/dialog'
import { ReasonField } from '../ui/reason-field'
import { useAction } from '../ui/use-action'
import { useIsAdministrator } from '../user-context'

interface DeleteTagsDialogProps {
  repositoryId: string
  chosen: ChosenTags
  count: number
  onClose: () => void
}

/** Deletes chosen tags; protected ones only by an administrator with a reason. */
export function DeleteTagsDialog({ repositoryId, chosen, count, onClose }: DeleteTagsDialogProps) {
  const t = useTranslations()
  const isAdministrator = useIsAdministrator()
  const remove = useDeleteTags(repositoryId)
  const { run, close } = useAction(remove, onClose)
  const [reason, setReason] = useState('')
  const given = reason.trim()
  const variables = given === '' ? { chosen } : { chosen, reason: given }

  return (
    <Dialog
      title={t('tagTable.deleteMany')}
      subject={t('tagTable.deleteManySubject', { count })}
      confirm={t('tagTable.deleteMany')}
      danger
      error={remove.error}
      busy={remove.isPending}
      onClose={close}
      plan={() => remove.plan(variables)}
      onSubmit={() =>
        run(variables, {
          done: ({ deletedCount, protectedCount }) => ({
            title: t('tagTable.deletedMany', { count: deletedCount }),
            ...(protectedCount > 0 && { body: t('tagTable.leftOut', { count: protectedCount }) }),
          }),
        })
      }
    >
      <p>{t('tagTable.deleteManyConsequence')}</p>
      {isAdministrator && (
        <ReasonField
          label={t('tagTable.deleteManyReason')}
          help={t('tagTable.deleteManyReasonHelp')}
          value={reason}
          onChange={setReason}
        />
      )}
    </Dialog>
  )
}
