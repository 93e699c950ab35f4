'use client'

import { useTranslations } from 'next-intl'
import {
  createContext,
  useCallback,
  useContext,
  useEffect,
  useId,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react'
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

/** The toasts, and the places that can show them: the page, then each open dialog, the topmost last. */
interface Shelf {
  toasts: readonly ShownToast[]
  dismiss: (id: number) => void
  places: readonly string[]
  /** Adds a place, until the returned function is called. */
  addPlace: (id: string) => () => void
}

const ShelfContext = createContext<Shelf | null>(null)

let lastId = 0

/** Holds the toasts. Once, around the whole console. */
export function ToastProvider({ children }: { children: ReactNode }) {
  const [toasts, setToasts] = useState<ShownToast[]>([])
  const show = useCallback((toast: ToastContent) => {
    lastId += 1
    const shown = { ...toast, id: lastId }
    setToasts((others) => [...others.slice(-2), shown])
  }, [])
  const dismiss = useCallback((id: number) => setToasts((others) => others.filter((toast) => toast.id !== id)), [])
  const [places, setPlaces] = useState<readonly string[]>([])
  const addPlace = useCallback((id: string) => {
    setPlaces((others) => [...others, id])
    return () => setPlaces((others) => others.filter((other) => other !== id))
  }, [])
  const shelf = useMemo(() => ({ toasts, dismiss, places, addPlace }), [toasts, dismiss, places, addPlace])
  return (
    <ToastContext value={show}>
      <ShelfContext value={shelf}>
        <Toasts />
        {children}
      </ShelfContext>
    </ToastContext>
  )
}

/**
 * The live region that toasts are read from. A modal dialog makes all that is outside of it inert, so that each has one
 * too, its last child; the toasts are in the topmost dialog. There it is a popover, which lies over the dialog whatever
 * the dialog's own box cuts off.
 */
export function Toasts({ inDialog = false }: { inDialog?: boolean }) {
  const id = useId()
  const ref = useRef<HTMLDivElement>(null)
  const shelf = useContext(ShelfContext)
  const addPlace = shelf?.addPlace

  useLayoutEffect(() => addPlace?.(id), [addPlace, id])

  useEffect(() => {
    // Not before the dialog is open: what is shown later lies above.
    if (inDialog && ref.current?.matches(':popover-open') === false) ref.current.showPopover()
  }, [inDialog])

  if (shelf === null) return null
  const isTopmost = shelf.places.at(-1) === id
  return (
    <div
      ref={ref}
      className="toasts"
      {...(inDialog ? { popover: 'manual' as const, 'aria-live': 'polite' as const } : { role: 'status' })}
    >
      {isTopmost && shelf.toasts.map((toast) => <Toast key={toast.id} toast={toast} onDismiss={shelf.dismiss} />)}
    </div>
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
        {toast.body && <div className="toast-body">{toast.body}</div>}
      </div>
      <IconButton icon="close" label={t('common.dismiss')} onClick={() => onDismiss(toast.id)} />
    </div>
  )
}
