'use client'

import { useTranslations } from 'next-intl'
import { useEffect, useId, useLayoutEffect, useRef } from 'react'
import type { SessionView } from '@/lib/api/schemas/sessions'
import { readSession } from '../queries/session'
import { IconButton } from '../ui/button'
import { Toasts } from '../ui/toast'
import { LogonForm } from './logon-form'
import { singleSignOnHref } from './single-sign-on'

interface LogOnDialogProps {
  singleSignOn: string | null
  onDone: (session: SessionView) => void
  onClose: () => void
}

/**
 * The log-on over an open dialog. Not the dialog of the other forms: the log-on is a form of its own, which one form cannot
 * have within it.
 */
export function LogOnDialog({ singleSignOn, onDone, onClose }: LogOnDialogProps) {
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
