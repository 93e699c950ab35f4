'use client'

import { useState } from 'react'
import { Dialog } from '../ui/dialog'
import { FormError } from '../ui/form-error'
import { TypedNameField } from '../ui/typed-name-field'

interface ConfirmDialogProps {
  title: string
  subject: string
  /** What follows from it. */
  consequence: string
  confirm: string
  /** Whether the subject has to be typed out first. */
  typed?: boolean
  danger?: boolean
  busy: boolean
  error: unknown
  onConfirm: () => void
  onClose: () => void
}

/** Asks before a credential is changed for whoever uses it. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const { title, subject, consequence, confirm, typed = false, danger = true, busy, error, onConfirm, onClose } = props
  const [text, setText] = useState('')
  return (
    <Dialog
      title={title}
      subject={subject}
      confirm={confirm}
      danger={danger}
      busy={busy}
      disabled={typed && text !== subject}
      onClose={onClose}
      onSubmit={onConfirm}
    >
      <FormError error={error} />
      <p>{consequence}</p>
      {typed && <TypedNameField name={subject} value={text} onChange={setText} />}
    </Dialog>
  )
}
