'use client'

import { useLayoutEffect, useRef, useState } from 'react'
import type { ReactNode } from 'react'
import { ApiError } from '@/lib/api/client/api-error'
import { FormError } from './form-error'
import { Reasons } from './reasons'
import { sortRefusals } from './refused-fields'
import { useReasonText } from './use-reason-text'

type Answer = ReturnType<typeof sortRefusals> & {
  /** What it was sorted from. */
  error: unknown
  /** Whether something is left to say that is about none of the fields. */
  hasRest: boolean
}

const noAnswer: Answer = { error: null, fields: new Map(), rest: [], hasRest: false }

/** What takes the focus of a field: its input rather than a button within it. */
function controlOf(field: HTMLElement): HTMLElement | null {
  return field.querySelector<HTMLElement>('input:not([hidden]), select, textarea') ?? field.querySelector('button')
}

interface RefusedProps {
  /** Why the server refused what the form sent; null: it did not. */
  error: unknown
  className: string
  /** The fields. */
  children: ReactNode
}

/**
 * The fields of a form, each with the server's reason beside it; the first that was refused has the focus. What is about none
 * of them stands above them all. A reason goes as soon as its field is changed: it was given for another value.
 */
export function Refused({ error, className, children }: RefusedProps) {
  const reasonOf = useReasonText()
  const ref = useRef<HTMLDivElement>(null)
  const [sorted, setAnswer] = useState(noAnswer)
  const answer = error && sorted.error === error ? sorted : null

  // Which fields there are is known once they are shown.
  useLayoutEffect(() => {
    const form = ref.current
    if (!form || !error) return
    const shown = [...form.querySelectorAll<HTMLElement>('[data-field]')]
    const refused = error instanceof ApiError ? (error.problem.errors ?? []) : []
    const next = sortRefusals(
      refused,
      shown.map(({ dataset }) => dataset['field'] ?? ''),
    )
    setAnswer({ error, ...next, hasRest: next.fields.size === 0 || next.rest.length > 0 })
    const [first] = next.fields.keys()
    const field = first !== undefined && shown.find(({ dataset }) => dataset['field'] === first)
    if (field) controlOf(field)?.focus()
    else form.scrollTo({ top: 0 })
  }, [error])

  return (
    <Reasons value={new Map([...(answer?.fields ?? [])].map(([path, message]) => [path, reasonOf(error, message)]))}>
      <div
        ref={ref}
        className={className}
        onInput={({ target }) => {
          const path = (target as HTMLElement).closest<HTMLElement>('[data-field]')?.dataset['field']
          if (answer === null || path === undefined || !answer.fields.has(path)) return
          setAnswer({ ...answer, fields: new Map([...answer.fields].filter(([one]) => one !== path)) })
        }}
      >
        {answer?.hasRest && <FormError error={error} fields={answer.rest} />}
        {children}
      </div>
    </Reasons>
  )
}
