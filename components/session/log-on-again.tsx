'use client'

import { useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useState } from 'react'
import { goToLogOn, onSessionEnd } from '@/lib/api/client/api'
import type { SessionView } from '@/lib/api/schemas/sessions'
import { lazyComponent } from '../ui/lazy-component'

const LogOnDialog = lazyComponent(() => import('./log-on-dialog'), 'LogOnDialog')

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
