import { AppError } from './errors'
import { isRepositoryPath } from './reference'

/** An action on a repository that a registry token can allow. `push` includes deletion. */
export type TokenAction = 'pull' | 'push'

/** The access that a client requests with a registry token. */
export interface TokenAccess {
  /** Actions, by repository path. */
  readonly repositories: ReadonlyMap<string, ReadonlySet<TokenAction>>
  /** Reading the list of repositories. */
  readonly catalog: boolean
}

/** The access that a registry token allows. */
export interface GrantedAccess extends TokenAccess {
  /**
   * By path, the id of the repository that had it when the token was issued; if none had it, the id of the namespace: the
   * token may have been requested for the push that creates the repository. A path can get another meaning, an id cannot.
   */
  readonly boundTo: ReadonlyMap<string, string>
}

/** Largest number of repositories in one token. */
const repositoriesMax = 50

/** The meaning of the action names that clients use. */
const meanings: Readonly<Record<string, readonly TokenAction[]>> = {
  pull: ['pull'],
  push: ['push'],
  delete: ['push'],
  '*': ['pull', 'push'],
}

/**
 * Parses the scopes that a client requests a token for (Docker's "Token scope"): `repository:<path>:pull,push` and
 * `registry:catalog:*`, separated by spaces. Other resources, repository paths that are not valid and other actions are
 * ignored: a token grants what it lists, so they are not granted. Throws BAD_REQUEST for more than `repositoriesMax`
 * repositories.
 */
export function parseTokenScopes(text: string): TokenAccess {
  const repositories = new Map<string, Set<TokenAction>>()
  let catalog = false
  for (const scope of text.split(/\s+/)) {
    const [, path, actions] = /^repository(?:\([a-z]+\))?:([^:]+):([^:]*)$/.exec(scope) ?? []
    if (scope === 'registry:catalog:*') catalog = true
    if (path === undefined || actions === undefined || !isRepositoryPath(path)) continue
    const asked = actions
      .split(',')
      .flatMap((action) => (Object.hasOwn(meanings, action) ? meanings[action] : []) ?? [])
    repositories.set(path, new Set([...(repositories.get(path) ?? []), ...asked]))
  }
  if (repositories.size > repositoriesMax) {
    throw new AppError('BAD_REQUEST', {
      message: `a token may be requested for at most ${repositoriesMax} repositories`,
    })
  }
  return { repositories, catalog }
}

/** The scopes as text that `parseTokenScopes` reads. Repositories without any action are left out. */
export function formatTokenScopes({ repositories, catalog }: TokenAccess): string {
  const scopes = [...repositories].flatMap(([path, actions]) =>
    actions.size === 0 ? [] : [`repository:${path}:${[...actions].join(',')}`],
  )
  return [...scopes, ...(catalog ? ['registry:catalog:*'] : [])].join(' ')
}
