'use client'

import { useRef } from 'react'
import { flushSync } from 'react-dom'

const firstField = 'input:not([type=radio]), input:checked, select, textarea'

/**
 * The fields of settings that are being changed, hidden and kept with what was typed while a conflict is decided on, and the
 * way back to them.
 */
export function useKeptFields(edit: { theirs: unknown; keepEditing: () => void }) {
  const ref = useRef<HTMLDivElement>(null)
  const left = useRef<Element | null>(null)
  return {
    /** Of the element around the fields. */
    props: { ref, className: edit.theirs === null ? 'contents' : 'hidden' },
    /** Called when the settings are sent: the field that has the focus gets it back. */
    leave: () => {
      left.current = document.activeElement
    },
    /** Back to the fields, before anything is decided. */
    goBack: () => {
      flushSync(edit.keepEditing)
      const fields = ref.current
      const field = fields?.contains(left.current) ? left.current : fields?.querySelector(firstField)
      if (field instanceof HTMLElement) field.focus()
    },
  }
}
