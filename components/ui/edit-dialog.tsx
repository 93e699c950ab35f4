import { useTranslations } from 'next-intl'
import type { ReactNode } from 'react'
import { Button } from './button'
import { Conflict } from './conflict'
import { Dialog } from './dialog'
import { FormError } from './form-error'
import type { Edit } from './use-edit'

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

/** A dialog that changes settings. When somebody else changed them meanwhile it shows both sides, to choose from. */
export function EditDialog<T, Settings extends object>(props: EditDialogProps<T, Settings>) {
  const { title, subject, edit, conflict, labels, word, closesUnchanged = false, isWrong = false, children } = props
  const t = useTranslations()
  const isIdle = edit.theirs === null && !edit.isChanged
  return (
    <Dialog
      title={title}
      subject={subject}
      confirm={t('common.confirm')}
      busy={edit.busy}
      plan={edit.plan}
      disabled={isIdle && !closesUnchanged}
      onClose={edit.onClose}
      onSubmit={() => {
        if (isWrong) return
        if (isIdle) edit.onClose()
        else edit.save()
      }}
      {...(edit.theirs && {
        foot: (
          <>
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
      <FormError error={edit.error} />
      {edit.theirs ? (
        <Conflict
          rows={edit.conflicts.map(({ name, theirs, yours }) => ({
            label: labels[name],
            theirs: word(name, theirs),
            yours: yours === undefined ? null : word(name, yours),
          }))}
        >
          <p>{conflict}</p>
        </Conflict>
      ) : (
        children
      )}
    </Dialog>
  )
}
