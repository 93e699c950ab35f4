import { AppError } from './errors'
import { isRepositoryPath } from './reference'

/** What a registry token can allow of a repository. Deletion goes with `push`. */
export type TokenAction = 'pull' | 'push'

/** What a registry token is asked for, or allows: it allows no more than that. */
export interface TokenAccess {
  /** Actions by the path of a repository. */
  readonly repositories: ReadonlyMap<string, ReadonlySet<TokenAction>>
  /** Whether the list of repositories may be read. */
  readonly catalog: boolean
}

/** Most repositories that a token is made out for. */
const repositoriesMax = 50

/** What the words that clients use for actions mean. */
const meanings: Readonly<Record<string, readonly TokenAction[]>> = {
  pull: ['pull'],
  push: ['push'],
  delete: ['push'],
  '*': ['pull', 'push'],
}

/**
 * Reads what a client asks a token for (Docker's "Token scope"): `repository:<path>:pull,push` and `registry:catalog:*`,
 * separated by spaces. Other resources, names of no repository and other actions are passed over: they are not granted,
 * which is all that a token can say of them. Throws BAD_REQUEST for more repositories than a client has a use for.
 */
export function parseTokenScopes(text: string): TokenAccess {
  const repositories = new Map<string, Set<TokenAction>>()
  let catalog = false
  for (const scope of text.split(/\s+/)) {
    const { path, actions } = /^repository(?:\([a-z]+\))?:(?<path>[^:]+):(?<actions>[^:]*)$/.exec(scope)?.groups ?? {}
    if (scope === 'registry:catalog:*') catalog = true
    if (path === undefined || actions === undefined || !isRepositoryPath(path)) continue
    const asked = actions
      .split(',')
      .flatMap((action) => (Object.hasOwn(meanings, action) ? meanings[action] : []) ?? [])
    repositories.set(path, new Set([...(repositories.get(path) ?? []), ...asked]))
  }
  if (repositories.size > repositoriesMax) {
    throw new AppError('BAD_REQUEST', { message: `a token is made out for at most ${repositoriesMax} repositories` })
  }
  return { repositories, catalog }
}

/** The scopes in the words that clients use, as `parseTokenScopes` reads them; without those that allow nothing. */
export function formatTokenScopes({ repositories, catalog }: TokenAccess): string {
  const scopes = [...repositories].flatMap(([path, actions]) =>
    actions.size === 0 ? [] : [`repository:${path}:${[...actions].join(',')}`],
  )
  return [...scopes, ...(catalog ? ['registry:catalog:*'] : [])].join(' ')
}
