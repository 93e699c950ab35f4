'use client'

import { useState } from 'react'
import type { z } from 'zod'
import { ApiError } from '@/lib/api/client/api-error'

/** Focuses the first of a form's fields that has one of the names. */
export function focusField(form: HTMLFormElement, names: readonly string[]) {
  const field = names.map((name) => form.elements.namedItem(name)).find((item) => item instanceof HTMLElement)
  field?.focus()
}

/**
 * The values of a form, checked against the schema of the request they become. Fields are named as the schema names
 * them, and so are the inputs (`name`), so that focus finds the first wrong one.
 */
export function useForm<Values extends object, Body>(initial: Values, schema: z.ZodType<Body>) {
  const [values, setValues] = useState(initial)
  const [wrong, setWrong] = useState<readonly string[]>([])

  function mark(names: readonly string[], form: HTMLFormElement) {
    setWrong(names)
    focusField(form, names)
  }

  return {
    values,
    setValues,
    set: <Name extends keyof Values & string>(name: Name, value: Values[Name]) => {
      setValues((others) => ({ ...others, [name]: value }))
      setWrong((names) => names.filter((one) => one !== name))
    },
    isWrong: (name: keyof Values & string) => wrong.includes(name),
    /** The body to send, or null; then the wrong fields are marked and the first has the focus. */
    check(form: HTMLFormElement): Body | null {
      const parsed = schema.safeParse(values)
      if (parsed.success) return parsed.data
      mark(
        parsed.error.issues.map((issue) => String(issue.path[0])),
        form,
      )
      return null
    },
    /** Marks the fields that the server refused. */
    refused(error: unknown, form: HTMLFormElement) {
      if (error instanceof ApiError && error.problem.errors) {
        mark(
          error.problem.errors.map(({ path }) => path),
          form,
        )
      }
    },
  }
}
