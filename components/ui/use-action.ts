'use client'

import { useTranslations } from 'next-intl'
import { useEffect, useRef } from 'react'
import type { PlannedRequest } from '@/lib/api/client/api'
import { useToast } from './toast'
import type { ToastContent } from './toast'
import { useErrorToast } from './use-error-toast'

/** A mutation, as dialogs use one. */
export interface Action<Variables, Result = unknown> {
  isPending: boolean
  error: unknown
  reset: () => void
  mutateAsync: (variables: Variables) => Promise<Result>
  /** The request that it would send. Left out: it is not shown. */
  plan?: (variables: Variables) => PlannedRequest | null
}

interface Outcome<Result> {
  /**
   * Says that it is done, as the dialog closes; null: nothing. Left out, the dialog stays, to show what the action
   * answered.
   */
  done?: (result: Result) => ToastContent | null
  /** What follows in place of closing the dialog; not when the person has closed it. */
  onDone?: () => void
  onError?: (error: unknown) => void
}

/**
 * Runs the action of a dialog, which the person may close before the answer is there. What was sent cannot be taken
 * back: its end is told in the dialog while that is open, else in a toast.
 */
export function useAction<Variables, Result>(action: Action<Variables, Result>, onClose: () => void) {
  const t = useTranslations()
  const toast = useToast()
  const errorToast = useErrorToast()
  const isClosed = useRef(false)
  const isMounted = useRef(false)

  useEffect(() => {
    isMounted.current = true
    return () => {
      isMounted.current = false
    }
  }, [])

  async function run(variables: Variables, { done, onDone, onError }: Outcome<Result> = {}) {
    let result: Result
    try {
      result = await action.mutateAsync(variables)
    } catch (error) {
      if (isMounted.current) onError?.(error)
      else errorToast(error)
      return
    }
    const said = done === undefined ? (isClosed.current ? { title: t('common.doneUnseen') } : null) : done(result)
    if (said !== null) toast(said)
    if (isClosed.current) return
    if (onDone !== undefined) onDone()
    else if (done !== undefined) onClose()
  }

  return {
    /** Never rejects. */
    run: (variables: Variables, outcome?: Outcome<Result>) => void run(variables, outcome),
    /** The dialog's `onClose`. */
    close: () => {
      isClosed.current = true
      onClose()
    },
  }
}
