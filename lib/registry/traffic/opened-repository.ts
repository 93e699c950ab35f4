import type { Principal } from '@/lib/domain/principal'
import { AppError } from '@/lib/domain/errors'
import type { RepositoryForTraffic } from '@/lib/metadata/repositories'

/**
 * What a container client wants to do with a repository. `delete` is for who manages it, as in the REST API; a token
 * allows it with `push`, which is all that clients ask for.
 */
export type TrafficAction = 'pull' | 'push' | 'delete'

/**
 * A repository that a principal was allowed to do something with: what the use cases of pushes and pulls take, so that
 * none of them runs without that decision. Only `openRepository` and `findMountSource` make one.
 */
export class OpenedRepository implements RepositoryForTraffic {
  readonly id: string
  readonly instanceId: string
  readonly path: string
  readonly tagImmutability: boolean
  readonly acceptSparseManifests: boolean
  readonly #principal: Principal
  readonly #action: TrafficAction

  constructor(repository: RepositoryForTraffic, principal: Principal, action: TrafficAction) {
    this.id = repository.id
    this.instanceId = repository.instanceId
    this.path = repository.path
    this.tagImmutability = repository.tagImmutability
    this.acceptSparseManifests = repository.acceptSparseManifests
    this.#principal = principal
    this.#action = action
  }

  /** Whether `repository` was opened for this principal and this action. Anything may be asked about. */
  static isOpened(repository: object, principal: Principal, action: TrafficAction): boolean {
    return #action in repository && repository.#principal === principal && repository.#action === action
  }
}

/**
 * Throws DENIED unless the repository was opened for this principal and this action: the first statement of each use case
 * that takes one. Asks no database.
 */
export function assertOpened(repository: OpenedRepository, principal: Principal, action: TrafficAction): void {
  if (!OpenedRepository.isOpened(repository, principal, action)) throw new AppError('DENIED')
}
