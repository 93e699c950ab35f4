'use client'

import { useTranslations } from 'next-intl'
import { Suspense, lazy, useState } from 'react'
import type { ComponentType } from 'react'
import { UnreachableError } from '@/lib/api/client/api-error'
import { FormError } from './form-error'
import { NoticeDialog } from './notice-dialog'

interface Closable {
  onClose: () => void
}

/**
 * A dialog whose code is loaded when it is first opened: for most visits, never. Where the code does not load, because
 * there is no connection, a dialog says so; it is loaded again the next time.
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
        return { default: NotLoadedDialog }
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

function NotLoadedDialog({ onClose }: Closable) {
  const t = useTranslations()
  return (
    <NoticeDialog title={t('common.dialogFailed')} onClose={onClose}>
      <FormError error={unreached} />
    </NoticeDialog>
  )
}
