'use client'

import { useState } from 'react'
import type { SubmitEvent } from 'react'
import { ApiError, isApiError } from '@/lib/api/client/api-error'
import type { ToastContent } from './toast'
import { useAction } from './use-action'
import type { Action } from './use-action'

/** Focuses the first of a form's fields that has one of the names. */
export function focusField(form: HTMLFormElement, names: readonly string[]) {
  const field = [...form.elements].find((item) => names.includes(item.getAttribute('name') ?? ''))
  if (field instanceof HTMLElement) field.focus()
}

/** What checks the values of a form, such as a schema of zod. */
interface FormSchema<Body> {
  safeParse: (
    values: unknown,
  ) =>
    { success: true; data: Body } | { success: false; error: { issues: readonly { path: readonly PropertyKey[] }[] } }
}

interface FormOptions<Values extends object, Body, Variables, Result> {
  initial: Values
  /** That of the request which the values become. Fields are named as it names them, and so are the inputs (`name`). */
  schema: FormSchema<Body>
  action: Action<Variables, Result>
  /** What the action is given. */
  variables: (body: Body) => Variables
  /** Whether what the schema does not know is right too; where not, it marks it and gives it the focus. */
  check?: (values: Values, form: HTMLFormElement) => boolean
  /** Says that it is done, as the dialog closes; null: nothing. Left out, it stays, to show what the action answered. */
  done?: (result: Result) => ToastContent | null
  onError?: (error: unknown, form: HTMLFormElement) => void
  onClose: () => void
}

/**
 * The form of a dialog: its values are checked against the schema of the request they become, and sent. What is wrong,
 * here or as the server says, is marked, and the first such field has the focus.
 */
export function useForm<Values extends object, Body, Variables, Result>(
  options: FormOptions<Values, Body, Variables, Result>,
) {
  const { initial, schema, action, variables, check, done, onError, onClose } = options
  const { run, close } = useAction(action, onClose)
  const [values, setValues] = useState(initial)
  const [wrong, setWrong] = useState<readonly string[]>([])

  function mark(names: readonly string[], form: HTMLFormElement) {
    setWrong(names)
    focusField(form, names)
  }

  function submit({ currentTarget: form }: SubmitEvent<HTMLFormElement>) {
    const isChecked = check?.(values, form) ?? true
    const parsed = schema.safeParse(values)
    if (!parsed.success) {
      mark(
        parsed.error.issues.map((issue) => String(issue.path[0])),
        form,
      )
    }
    if (!parsed.success || !isChecked) return
    run(variables(parsed.data), {
      ...(done && { done }),
      onError: (error) => {
        if (error instanceof ApiError && error.problem.errors) {
          mark(
            error.problem.errors.map(({ path }) => path),
            form,
          )
        }
        onError?.(error, form)
      },
    })
  }

  function planned() {
    const parsed = schema.safeParse(values)
    return parsed.success ? (action.plan?.(variables(parsed.data)) ?? null) : null
  }

  return {
    values,
    /** Sets values that cannot be wrong. */
    change: (change: Partial<Values>) => setValues((others) => ({ ...others, ...change })),
    set: <Name extends keyof Values & string>(name: Name, value: Values[Name]) => {
      setValues((others) => ({ ...others, [name]: value }))
      setWrong((names) => names.filter((one) => one !== name))
    },
    isWrong: (name: keyof Values & string) => wrong.includes(name),
    /** Forgets why the server refused: that was said of other values. */
    forget: action.reset,
    /** Whether the name is another one's. */
    isTaken: isApiError(action.error, 'ALREADY_EXISTS'),
    /** What the dialog around the form needs. */
    dialog: {
      error: action.error,
      busy: action.isPending,
      onClose: close,
      onSubmit: submit,
      plan: action.plan && planned,
    },
  }
}
