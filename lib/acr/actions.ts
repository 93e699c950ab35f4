import type { Action } from './action'
import { getInstanceCount } from './actions/get-instance-count'

const all = [getInstanceCount]

/** All actions, by name. Without the names that every object has: a request may ask for `constructor`. */
export const actions: Readonly<Record<string, Action>> = Object.assign(
  Object.create(null) as Record<string, Action>,
  Object.fromEntries(all.map((action) => [action.name, action])),
)
