'use client'

import { useState } from 'react'
import { isApiError } from '@/lib/api/client/api-error'
import { Dialog } from './dialog'
import type { ToastContent } from './toast'
import { TypedNameField } from './typed-name-field'
import { useAction } from './use-action'
import type { Action } from './use-action'

interface ConfirmDialogProps<Variables> {
  title: string
  /** What it is done to; empty where the title says it. */
  subject: string
  /** What follows from it. */
  consequence: string
  confirm: string
  /** Whether the subject has to be typed out first. */
  typed?: boolean
  danger?: boolean
  /** The mutation that does it, and with what. */
  action: Action<Variables>
  variables: Variables
  /** Says that it is done, as the dialog closes. Left out: what comes next is `onDone`'s to show. */
  done?: ToastContent
  onDone?: () => void
  /** Reads the object again after somebody else changed it. */
  reload?: () => unknown
  onClose: () => void
}

/** Asks before something is done that others feel, or that cannot be undone. */
export function ConfirmDialog<Variables>(props: ConfirmDialogProps<Variables>) {
  const { title, subject, consequence, confirm, typed = false, danger = true } = props
  const { action, variables, done, onDone, reload, onClose } = props
  const { run, close } = useAction(action, onClose)
  const [text, setText] = useState('')

  function submit() {
    run(variables, {
      ...(done && { done: () => done }),
      ...(onDone && { onDone }),
      onError: (error) => {
        if (isApiError(error, 'PRECONDITION_FAILED')) void reload?.()
      },
    })
  }

  return (
    <Dialog
      title={title}
      {...(subject && { subject })}
      confirm={confirm}
      danger={danger}
      error={action.error}
      busy={action.isPending}
      disabled={typed && text !== subject}
      onClose={close}
      onSubmit={submit}
      plan={action.plan && (() => action.plan?.(variables) ?? null)}
    >
      <p>{consequence}</p>
      {typed && <TypedNameField name={subject} value={text} onChange={setText} />}
    </Dialog>
  )
}
