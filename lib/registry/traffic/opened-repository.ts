import type { Principal } from '@/lib/domain/principal'
import { AppError } from '@/lib/domain/errors'
import type { NamedRepository } from '@/lib/metadata/repositories'

/**
 * What a container client wants to do with a repository. `delete` needs the manage permission, as in the REST API; a
 * token allows it with `push`, because clients never ask for more.
 */
export type TrafficAction = 'pull' | 'push' | 'delete'

/**
 * A repository on which a principal was allowed an action. The use cases of pushes and pulls take it, so that none of
 * them runs without that check. Only `openRepository` and `findMountSource` create one.
 */
export class OpenedRepository implements NamedRepository {
  readonly id: string
  readonly instanceId: string
  readonly path: string
  readonly #principal: Principal
  readonly #action: TrafficAction

  constructor(repository: NamedRepository, principal: Principal, action: TrafficAction) {
    this.id = repository.id
    this.instanceId = repository.instanceId
    this.path = repository.path
    this.#principal = principal
    this.#action = action
  }

  /** Returns whether `repository`, which may be any object, was opened for this principal and this action. */
  static isOpened(repository: object, principal: Principal, action: TrafficAction): boolean {
    return #action in repository && repository.#principal === principal && repository.#action === action
  }
}

/**
 * Throws DENIED unless the repository was opened for this principal and this action. Every use case that takes an
 * opened repository calls this first. Does not query the database.
 */
export function assertOpened(repository: OpenedRepository, principal: Principal, action: TrafficAction): void {
  if (!OpenedRepository.isOpened(repository, principal, action)) throw new AppError('DENIED')
}
