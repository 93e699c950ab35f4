'use client'

import { useState } from 'react'
import { Dialog } from './dialog'
import { FormError } from './form-error'
import { TypedNameField } from './typed-name-field'

interface ConfirmDialogProps {
  title: string
  /** What it is done to; empty where the title says it. */
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

/** Asks before something is done that others feel, or that cannot be undone. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const { title, subject, consequence, confirm, typed = false, danger = true, busy, error, onConfirm, onClose } = props
  const [text, setText] = useState('')
  return (
    <Dialog
      title={title}
      {...(subject && { subject })}
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
