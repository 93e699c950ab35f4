'use client'

import { useTranslations } from 'next-intl'
import { Suspense, lazy, useEffect, useRef, useState } from 'react'
import type { ComponentType } from 'react'
import { UnreachableError } from '@/lib/api/client/api-error'
import { useToast } from './toast'
import { useErrorText } from './use-error-text'

interface Closable {
  onClose: () => void
}

/**
 * A dialog whose code is loaded when it is first opened: for most visits, never. Where the code does not load, because
 * there is no connection, a toast says so; it is loaded again the next time.
 */
export function lazyComponent<Name extends string, Props extends Closable>(
  load: () => Promise<Record<Name, ComponentType<Props>>>,
  name: Name,
): ComponentType<Props> {
  let current = begin()

  /** React keeps how a loading ended, so that another try needs another component. */
  function begin() {
    return lazy<ComponentType<Props>>(async () => {
      try {
        return { default: (await load())[name] }
      } catch {
        current = begin()
        return { default: NotLoaded }
      }
    })
  }

  return function LazyComponent(props: Props) {
    const [Shown] = useState(() => current)
    // A boundary of its own: React forgets the state of what suspends before it was shown, and each try would begin another.
    return (
      <Suspense>
        <Shown {...props} />
      </Suspense>
    )
  }
}

const unreached = new UnreachableError('the code of a dialog was not loaded')

/** Says that the code did not load. Not in a dialog: each page would load what dialogs are made of, to say this. */
function NotLoaded({ onClose }: Closable) {
  const t = useTranslations()
  const toast = useToast()
  const errorText = useErrorText()
  const isSaid = useRef(false)
  useEffect(() => {
    if (isSaid.current) return
    isSaid.current = true
    toast({ kind: 'danger', title: t('common.dialogFailed'), body: errorText(unreached) })
    onClose()
  }, [t, toast, errorText, onClose])
  return null
}
