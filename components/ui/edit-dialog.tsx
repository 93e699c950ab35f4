'use client'

import { useTranslations } from 'next-intl'
import type { ReactNode } from 'react'
import { Button } from './button'
import { Conflict } from './conflict'
import { Dialog } from './dialog'
import type { Edit } from './use-edit'
import { useKeptFields } from './use-kept-fields'

interface EditDialogProps<T, Settings extends object> {
  title: string
  subject: string
  edit: Edit<T, Settings>
  /** Says that somebody else was first, above what both sides have. */
  conflict: ReactNode
  labels: Record<keyof Settings, string>
  /** A setting's value in words. */
  word: <Name extends keyof Settings>(name: Name, value: Settings[Name]) => string
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
      {...(edit.theirs && {
        foot: (
          <>
            <Button key="cancel" onClick={kept.goBack}>
              {t('common.cancel')}
            </Button>
            {/* Takes the focus, as a button of its own: an Enter too many must not overwrite what somebody else did. */}
            <Button key="theirs" autoFocus onClick={edit.takeTheirs}>
              {t('conflict.useTheirs')}
            </Button>
            <Button key="yours" type="submit" variant="primary" busy={edit.busy}>
              {t('conflict.useYours')}
            </Button>
          </>
        ),
      })}
    >
      {edit.theirs && (
        <Conflict
          rows={edit.conflicts.map(({ name, theirs, yours }) => ({
            label: labels[name],
            theirs: word(name, theirs),
            yours: yours === undefined ? null : word(name, yours),
          }))}
        >
          <p>{conflict}</p>
        </Conflict>
      )}
      {/* Kept while it is decided, with what was typed. */}
      <div {...kept.props}>{children}</div>
    </Dialog>
  )
}
