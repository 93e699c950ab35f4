import { lazy } from 'react'
import type { ComponentType } from 'react'

/** A component that is loaded when it is first rendered: a dialog, for most visits open none. */
export function lazyComponent<Name extends string, Props>(
  load: () => Promise<Record<Name, ComponentType<Props>>>,
  name: Name,
) {
  return lazy(async () => ({ default: (await load())[name] }))
}
