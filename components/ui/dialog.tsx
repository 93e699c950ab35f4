'use client'

import { useTranslations } from 'next-intl'
import { useEffect, useId, useLayoutEffect, useRef, useState } from 'react'
import type { ReactNode, SubmitEvent } from 'react'
import type { PlannedRequest } from '@/lib/api/client/api'
import { ApiCall } from './api-call'
import { Button, IconButton, TextButton } from './button'
import { classNames } from './class-names'
import { Refused } from './refused'
import { Toasts } from './toast'
import { useUnsavedText } from './use-unsaved-text'

interface DialogProps {
  title: string
  /** The object the dialog is about, under its title. */
  subject?: string
  /** Why the server refused what was sent: said beside the fields that it is about, the rest above them. */
  error?: unknown
  children: ReactNode
  /** Called on Cancel, Escape and the cross, also while `busy`: an answer may be long in coming. */
  onClose: () => void
  /** What Escape does in place of that. */
  onEscape?: (() => void) | undefined
  onSubmit: (event: SubmitEvent<HTMLFormElement>) => void
  confirm: string
  danger?: boolean
  busy?: boolean
  disabled?: boolean
  /** What Confirm would send now, to show it as a call of the API; null: a field is empty or nothing was changed. */
  plan?: (() => PlannedRequest | null) | undefined
  /** In place of Cancel and Confirm. */
  foot?: ReactNode
  /** Whether only a button of its foot closes it: no cross, no Escape. For what is shown once and lost with a slip. */
  stays?: boolean
  /** Whether it takes the room of the window: for what is read in it. */
  wide?: boolean
}

/**
 * A modal dialog around one form. Rendered while open, so that its form starts afresh each time.
 *
 * The platform's `<dialog>` keeps the focus inside, makes the page behind inert and gives the focus back. Focus starts
 * in the first field; Enter confirms, Escape cancels. With text that was typed and not saved, Escape and Back ask
 * first; Cancel and the cross say enough. In one that stays it starts on the first button of the body, so that an Enter
 * too many does not close it.
 */
export function Dialog(props: DialogProps) {
  const { title, subject, error = null, children, onClose, onEscape, onSubmit, confirm, danger, plan, foot } = props
  const { busy = false, disabled = false, stays = false, wide = false } = props
  const t = useTranslations()
  const titleId = useId()
  const ref = useRef<HTMLDialogElement>(null)
  const isPressed = useRef(false)
  const [isCallShown, setIsCallShown] = useState(false)

  useLayoutEffect(() => {
    const dialog = ref.current
    if (!dialog) return
    dialog.showModal()
    const field = dialog.querySelector<HTMLElement>(
      '.dialog-body :is(input:not([type=radio], [type=hidden], [hidden]), input:checked, select, textarea)',
    )
    const fallback = dialog.querySelector<HTMLElement>(stays ? '.dialog-body button' : '.dialog-foot .button')
    ;(field ?? fallback)?.focus()
    return () => dialog.close()
  }, [stays])

  // `busy` comes with the next rendering: two presses before it are one.
  useEffect(() => {
    isPressed.current = false
  })

  const unsaved = useUnsavedText(busy)

  function close() {
    if (!stays) onClose()
  }

  function cancel() {
    if (onEscape) onEscape()
    else if (!unsaved.ask()) close()
  }

  return (
    <dialog
      ref={ref}
      className={classNames('dialog', wide && 'dialog--wide')}
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault()
        // The key was heard before; this is a gesture of the platform.
        if (!unsaved.isAsking) cancel()
      }}
      onKeyDown={(event) => {
        // A second Escape closes whatever `onCancel` says.
        if (event.key !== 'Escape' || event.nativeEvent.isComposing) return
        event.preventDefault()
        if (unsaved.isAsking) unsaved.keep()
        else cancel()
      }}
    >
      <form
        noValidate
        onInput={unsaved.note}
        onSubmit={(event) => {
          event.preventDefault()
          if (busy || disabled || isPressed.current) return
          isPressed.current = true
          onSubmit(event)
        }}
      >
        <div className="dialog-head">
          <div>
            <h2 id={titleId}>{title}</h2>
            {subject && <p>{subject}</p>}
          </div>
          {!stays && <IconButton icon="close" large label={t('common.close')} onClick={close} />}
        </div>
        <Refused error={error} className="dialog-body">
          {children}
          {plan && isCallShown && <ApiCall request={plan()} name={subject} />}
        </Refused>
        <div className="dialog-foot">
          {plan && !unsaved.isAsking && (
            <TextButton aria-expanded={isCallShown} onClick={() => setIsCallShown(!isCallShown)}>
              {isCallShown ? t('apiCall.hide') : t('apiCall.show')}
            </TextButton>
          )}
          {unsaved.isAsking ? (
            <>
              <p role="alert" className="dialog-question">
                {t('common.discardQuestion')}
              </p>
              <Button key="keep" autoFocus onClick={unsaved.keep}>
                {t('common.keepEditing')}
              </Button>
              <Button key="discard" variant="danger" onClick={onClose}>
                {t('common.discard')}
              </Button>
            </>
          ) : (
            (foot ?? (
              <>
                <Button onClick={close}>{t('common.cancel')}</Button>
                <Button type="submit" variant={danger ? 'danger' : 'primary'} busy={busy} disabled={disabled}>
                  {confirm}
                </Button>
              </>
            ))
          )}
        </div>
      </form>
      <Toasts inDialog />
    </dialog>
  )
}
