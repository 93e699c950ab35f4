import type { Action } from './action'
import { credentialActions } from './actions/credentials'
import { instanceActions } from './actions/instances'
import { namespaceActions } from './actions/namespaces'
import { repositoryActions } from './actions/repositories'
import { tagContentActions } from './actions/tag-content'
import { tagActions } from './actions/tags'

const all = [
  ...instanceActions,
  ...namespaceActions,
  ...repositoryActions,
  ...tagActions,
  ...tagContentActions,
  ...credentialActions,
]

/** All actions, by name. Without the names that every object has: a request may ask for `constructor`. */
export const actions: Readonly<Record<string, Action>> = Object.assign(
  Object.create(null) as Record<string, Action>,
  Object.fromEntries(all.map((action) => [action.name, action])),
)
