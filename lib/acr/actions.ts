import type { Action } from './action'
import { getInstanceCount } from './actions/get-instance-count'
import { namespaceActions } from './actions/namespaces'
import { repositoryActions } from './actions/repositories'
import { tagActions } from './actions/tags'

const all = [getInstanceCount, ...namespaceActions, ...repositoryActions, ...tagActions]

/** All actions, by name. Without the names that every object has: a request may ask for `constructor`. */
export const actions: Readonly<Record<string, Action>> = Object.assign(
  Object.create(null) as Record<string, Action>,
  Object.fromEntries(all.map((action) => [action.name, action])),
)
