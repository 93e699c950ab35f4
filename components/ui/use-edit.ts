'use client'

import { useState } from 'react'
import type { Versioned } from '@/lib/api/client/api'
import { isApiError } from '@/lib/api/client/api-error'
import type { Opened } from './opened-dialog'
import { changesOf, conflictsOf } from './settings'
import type { ToastContent } from './toast'
import { useAction } from './use-action'
import type { Action } from './use-action'

interface EditOptions<T, Settings extends object> {
  dialog: Opened<T>
  settingsOf: (object: T) => Settings
  /** The mutation that changes it. */
  update: Action<{ body: Partial<Settings>; etag: string }, Versioned<T>>
  /** Says that it is saved, as the dialog closes. */
  saved: (object: T, changes: Partial<Settings>) => ToastContent
}

/**
 * Settings of an object that a person changes while others may change them too. What is saved is only what the person
 * changed; when somebody else was first, nothing is saved, and both sides are there to choose from.
 */
export function useEdit<T, Settings extends object>(options: EditOptions<T, Settings>) {
  const { dialog, settingsOf, update, saved } = options
  const { opened, reload, onClose } = dialog
  const { run, close } = useAction(update, onClose)
  const [base, setBase] = useState(opened)
  const [theirs, setTheirs] = useState<Versioned<T> | null>(null)
  const [values, setValues] = useState(() => settingsOf(opened.data))
  const changes = changesOf(settingsOf(base.data), values)

  return {
    base: base.data,
    values,
    set: (change: Partial<Settings>) => setValues((others) => ({ ...others, ...change })),
    isChanged: Object.keys(changes).length > 0,
    /** The object as somebody else has left it meanwhile; null: nobody has. */
    theirs: theirs?.data ?? null,
    conflicts: theirs ? conflictsOf(settingsOf(base.data), settingsOf(theirs.data), values) : [],
    busy: update.isPending,
    onClose: close,
    /** Why it was refused; null where `theirs` says it. */
    error: isApiError(update.error, 'PRECONDITION_FAILED') ? null : update.error,
    plan:
      update.plan &&
      (() =>
        Object.keys(changes).length === 0
          ? null
          : (update.plan?.({ body: changes, etag: (theirs ?? base).etag }) ?? null)),
    save: () => {
      run(
        { body: changes, etag: (theirs ?? base).etag },
        {
          done: ({ data }) => saved(data, changes),
          onError: (error) => {
            if (isApiError(error, 'PRECONDITION_FAILED')) void reload().then(({ data }) => setTheirs(data ?? null))
          },
        },
      )
    },
    /** Back to what was typed, before anything is decided: saving it will ask again. */
    keepEditing: () => {
      setTheirs(null)
      update.reset()
    },
    takeTheirs: () => {
      if (theirs === null) return
      setBase(theirs)
      setValues(settingsOf(theirs.data))
      setTheirs(null)
      update.reset()
    },
  }
}

/** Settings that are being changed. */
export type Edit<T, Settings extends object> = ReturnType<typeof useEdit<T, Settings>>

/** An update that is given settings, where the request has them in another form. */
export function withBody<T, Settings, Body>(
  update: Action<{ body: Body; etag: string }, Versioned<T>>,
  bodyOf: (changes: Partial<Settings>) => Body,
): Action<{ body: Partial<Settings>; etag: string }, Versioned<T>> {
  const { plan, ...rest } = update
  return {
    ...rest,
    mutateAsync: ({ body, etag }) => update.mutateAsync({ body: bodyOf(body), etag }),
    ...(plan && { plan: ({ body, etag }) => plan({ body: bodyOf(body), etag }) }),
  }
}
