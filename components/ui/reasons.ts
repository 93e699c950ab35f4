'use client'

import { createContext, useContext } from 'react'

/** Why a field was refused. */
export interface Reason {
  text: string
  /** Whether it is in the reader's language. */
  isTold: boolean
}

/**
 * Why the server refused the fields of the form around, by their paths. Apart from what reads the answer of the server: pages
 * without a form have fields too.
 */
export const Reasons = createContext<ReadonlyMap<string, Reason>>(new Map())

/** Why the server refused the field of this path; undefined: it did not, or the value has changed since. */
export function useReason(path: string | undefined): Reason | undefined {
  const reasons = useContext(Reasons)
  return path === undefined ? undefined : reasons.get(path)
}
