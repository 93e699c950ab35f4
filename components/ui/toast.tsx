'use client'

import { useTranslations } from 'next-intl'
import { createContext, useCallback, useContext, useEffect, useState } from 'react'
import type { ReactNode } from 'react'
import { IconButton } from './button'
import { Icon } from './icon'

/** How long a toast stays while the pointer is not on it. */
const shownMs = 6000

/** What a toast says. */
export interface ToastContent {
  kind?: 'ok' | 'danger'
  /** What changed, as a sentence. */
  title: string
  /** What follows from it. */
  body?: ReactNode
}

interface ShownToast extends ToastContent {
  id: number
}

const ToastContext = createContext<(toast: ToastContent) => void>(() => undefined)

/** Says what changed, bottom right. The toast outlives the dialog or page that showed it. */
export function useToast() {
  return useContext(ToastContext)
}

let lastId = 0

/** Holds the toasts and the live region they are read from. Once, around the whole console. */
export function ToastProvider({ children }: { children: ReactNode }) {
  const [toasts, setToasts] = useState<ShownToast[]>([])
  const show = useCallback((toast: ToastContent) => {
    lastId += 1
    const shown = { ...toast, id: lastId }
    setToasts((others) => [...others.slice(-2), shown])
  }, [])
  const dismiss = useCallback((id: number) => setToasts((others) => others.filter((toast) => toast.id !== id)), [])
  return (
    <ToastContext value={show}>
      {children}
      <div className="toasts" role="status">
        {toasts.map((toast) => (
          <Toast key={toast.id} toast={toast} onDismiss={dismiss} />
        ))}
      </div>
    </ToastContext>
  )
}

function Toast({ toast, onDismiss }: { toast: ShownToast; onDismiss: (id: number) => void }) {
  const t = useTranslations()
  const [held, setHeld] = useState(false)

  useEffect(() => {
    if (held) return
    const timer = setTimeout(() => onDismiss(toast.id), shownMs)
    return () => clearTimeout(timer)
  }, [held, onDismiss, toast.id])

  return (
    <div
      className={toast.kind === 'danger' ? 'toast toast--danger' : 'toast'}
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
    >
      <Icon name={toast.kind === 'danger' ? 'warn' : 'ok'} />
      <div>
        <strong>{toast.title}</strong>
        {toast.body && <p>{toast.body}</p>}
      </div>
      <IconButton icon="close" label={t('common.dismiss')} onClick={() => onDismiss(toast.id)} />
    </div>
  )
}
