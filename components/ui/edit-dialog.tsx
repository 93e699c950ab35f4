'use client'

import { useTranslations } from 'next-intl'
import type { ReactNode } from 'react'
import { Dialog } from './dialog'
import { ConflictButtons, EditConflict } from './edit-conflict'
import type { SettingWords } from './edit-conflict'
import type { Edit } from './use-edit'
import { useKeptFields } from './use-kept-fields'

interface EditDialogProps<T, Settings extends object> extends SettingWords<Settings> {
  title: string
  subject: string
  edit: Edit<T, Settings>
  /** Says that somebody else was first, above what both sides have. */
  conflict: ReactNode
  /** Whether Confirm closes the dialog where nothing was changed, instead of being disabled. */
  closesUnchanged?: boolean
  /** Whether a field holds what cannot be saved, and says so: then Confirm does nothing. */
  isWrong?: boolean
  /** The fields. */
  children: ReactNode
}

/**
 * A dialog that changes settings. When somebody else changed them meanwhile it shows both sides, to choose from; Cancel and
 * Escape then lead back to what was typed.
 */
export function EditDialog<T, Settings extends object>(props: EditDialogProps<T, Settings>) {
  const { title, subject, edit, conflict, labels, word, closesUnchanged = false, isWrong = false, children } = props
  const t = useTranslations()
  const isIdle = edit.theirs === null && !edit.isChanged
  const kept = useKeptFields(edit)
  return (
    <Dialog
      title={title}
      subject={subject}
      confirm={t('common.confirm')}
      error={edit.error}
      busy={edit.busy}
      plan={edit.plan}
      disabled={isIdle && !closesUnchanged}
      onClose={edit.onClose}
      onEscape={edit.theirs ? kept.goBack : undefined}
      onSubmit={() => {
        if (isWrong) return
        kept.leave()
        if (isIdle) edit.onClose()
        else edit.save()
      }}
      {...(edit.theirs && { foot: <ConflictButtons edit={edit} onCancel={kept.goBack} /> })}
    >
      <EditConflict edit={edit} labels={labels} word={word}>
        {conflict}
      </EditConflict>
      {/* Kept while it is decided, with what was typed. */}
      <div {...kept.props}>{children}</div>
    </Dialog>
  )
}
