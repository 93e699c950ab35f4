import type { ImmutabilityRule } from '@/lib/domain/immutability'

/** What the leaves so far have told. A verifier keeps this of every tag: it is most of its memory. */

/** A name in a repository path. It outlives its tag. */
export interface NameState {
  /** What the tag points at; null: there is no such tag. */
  digest: string | null
  /** The leaf that says so, and when that happened; null: no leaf has. */
  leaf: number | null
  time: string | null
  /** The last entry of the ledger, 0 before the first, and its leaf. */
  id: number
  idLeaf: number
  /** Until when the tag is open, unless it is closed before. */
  closesAt: string | null
  /** How often the tag was created, moved or restored. */
  moves: number
  reserved: { readonly digest: string; readonly repositoryId: string; readonly leaf: number } | null
}

/** A repository, its policy, and the leaf that says so. */
export interface RepositoryState {
  readonly id: string
  readonly policy: ImmutabilityRule
  readonly leaf: number
  /** When that happened. */
  readonly time: string
}

/** A path and the repository that has it now. */
export interface PathState {
  repository: RepositoryState | null
  readonly names: Map<string, NameState>
}

/** A path of which no leaf has told. */
export function pathState(): PathState {
  return { repository: null, names: new Map() }
}

/** What is known of a name of a path, to be changed. */
export function stateOfName({ names }: PathState, tag: string): NameState {
  let name = names.get(tag)
  if (name === undefined) {
    name = { digest: null, leaf: null, time: null, id: 0, idLeaf: 0, closesAt: null, moves: 0, reserved: null }
    names.set(tag, name)
  }
  return name
}
