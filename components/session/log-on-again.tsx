'use client'

import { useQueryClient } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { useCallback, useEffect, useId, useLayoutEffect, useRef, useState } from 'react'
import { goToLogOn, onSessionEnd } from '@/lib/api/client/api'
import type { SessionView } from '@/lib/api/schemas/sessions'
import { readSession } from '../queries/session'
import { IconButton } from '../ui/button'
import { Toasts } from '../ui/toast'
import { LogonForm } from './logon-form'
import { singleSignOnHref } from './single-sign-on'

interface LogOnAgainProps {
  /** Who was logged on. */
  userId: string
  /** What the provider of single sign-on is called; null: there is none. */
  singleSignOn: string | null
}

/**
 * What happens when the session ends. While a dialog is open, the log-on opens over it, so that nothing typed is lost;
 * else the log-on page takes the place of the page, and leads back.
 */
export function LogOnAgain({ userId, singleSignOn }: LogOnAgainProps) {
  const queryClient = useQueryClient()
  const [isOpen, setOpen] = useState(false)

  useEffect(
    () =>
      onSessionEnd(() => {
        if (document.querySelector('dialog[open]') === null) goToLogOn()
        else setOpen(true)
      }),
    [],
  )

  const goOn = useCallback(
    ({ user }: SessionView) => {
      // What is on the page was read, and would be changed, on behalf of somebody else.
      if (user.id !== userId) {
        window.location.reload()
        return
      }
      setOpen(false)
      void queryClient.invalidateQueries()
    },
    [queryClient, userId],
  )

  return isOpen && <LogOnDialog singleSignOn={singleSignOn} onDone={goOn} onClose={() => setOpen(false)} />
}

interface LogOnDialogProps {
  singleSignOn: string | null
  onDone: (session: SessionView) => void
  onClose: () => void
}

/** Not the dialog of the other forms: the log-on is a form of its own, which one form cannot have within it. */
function LogOnDialog({ singleSignOn, onDone, onClose }: LogOnDialogProps) {
  const t = useTranslations()
  const titleId = useId()
  const ref = useRef<HTMLDialogElement>(null)

  useLayoutEffect(() => {
    const dialog = ref.current
    if (!dialog) return
    dialog.showModal()
    dialog.querySelector('input')?.focus()
    return () => dialog.close()
  }, [])

  // The person may log on in another tab, and has to where there is only single sign-on.
  useEffect(() => {
    const look = () => void readSession().then(onDone, () => undefined)
    window.addEventListener('focus', look)
    return () => window.removeEventListener('focus', look)
  }, [onDone])

  return (
    <dialog
      ref={ref}
      className="dialog"
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault()
        onClose()
      }}
    >
      <div className="dialog-head">
        <h2 id={titleId}>{t('logon.again')}</h2>
        <IconButton icon="close" large label={t('common.close')} onClick={onClose} />
      </div>
      <div className="dialog-body">
        <div className="logon-form">
          <p>{t('logon.againHelp')}</p>
          <LogonForm onDone={onDone} />
          {singleSignOn !== null && (
            <>
              <p className="logon-or">{t('logon.or')}</p>
              <a className="button button--wide" href={singleSignOnHref('/')} target="_blank" rel="noopener">
                {t('logon.singleSignOn', { name: singleSignOn })}
              </a>
            </>
          )}
        </div>
      </div>
      <Toasts inDialog />
    </dialog>
  )
}
