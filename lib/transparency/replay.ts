import {
  type ImmutabilityRule,
  type RefusalReason,
  isAppendOnly,
  isProtected,
  judgeMove,
} from '@/lib/domain/immutability'
import { openingMinutesMax } from '@/lib/domain/openings'
import type { Leaf, LeafPolicy, TagLeaf } from '@/lib/domain/transparency/leaf'
import { type NameState, type PathState, type RepositoryState, pathState, stateOfName } from './log-state'

/** What is wrong with a log, in one sentence, and at which leaf. */
export interface Violation {
  /** Null: it is not about one leaf. */
  readonly leaf: number | null
  readonly text: string
}

type MoveLeaf = Extract<Leaf, { readonly kind: 'created' | 'moved' | 'restored' }>

/**
 * Replays the rule of docs/immutability.md over the leaves of a log, in their order. It asks `judgeMove`, as the
 * registry does, with the policy, the openings and the reserved names that the leaves so far have told.
 *
 * Its memory is what every tag of the log points at. What it cannot know: whether a tag of signatures that moved lost
 * none (the log has no manifests). Such moves are counted.
 */
export class Replay {
  readonly #report: (violation: Violation) => void
  readonly #paths = new Map<string, PathState>()
  #startedAt: number | null = null
  #appendedMoves = 0

  constructor(report: (violation: Violation) => void) {
    this.#report = report
  }

  /** The leaf from which on leaves are judged; null: the log's first batch has not ended. */
  get startedAt(): number | null {
    return this.#startedAt
  }

  /** How often protected tags of signatures moved. */
  get appendedMoves(): number {
    return this.#appendedMoves
  }

  /** What is known of a tag's name; null: nothing. */
  nameOf(repository: string, tag: string): NameState | null {
    return this.#paths.get(repository)?.names.get(tag) ?? null
  }

  /** The repository that has a path; null: there is none now. */
  repositoryOf(repository: string): RepositoryState | null {
    return this.#paths.get(repository)?.repository ?? null
  }

  /** The paths of all repositories that there are now. */
  *repositories(): Generator<string> {
    for (const [path, { repository }] of this.#paths) if (repository !== null) yield path
  }

  /** All tags that there are now, each with the path of its repository. */
  *tags(): Generator<readonly [repository: string, tag: string, name: Readonly<NameState>]> {
    for (const [path, { names }] of this.#paths) {
      for (const [tag, name] of names) if (name.digest !== null) yield [path, tag, name]
    }
  }

  /** How many repositories and tags there are after the leaves so far. */
  count(): { readonly repositories: number; readonly tags: number; readonly protectedTags: number } {
    let [repositories, tags, protectedTags] = [0, 0, 0]
    for (const { repository, names } of this.#paths.values()) {
      if (repository === null) continue
      repositories += 1
      for (const [tag, { digest }] of names) {
        if (digest === null) continue
        tags += 1
        if (isProtected(repository.policy, tag)) protectedTags += 1
      }
    }
    return { repositories, tags, protectedTags }
  }

  /** Judges the next leaf and goes on with what it says, right or wrong: later leaves build on it. */
  take(index: number, leaf: Leaf): void {
    switch (leaf.kind) {
      case 'created':
      case 'moved':
      case 'restored': {
        this.#move(index, leaf)
        return
      }
      case 'deleted': {
        this.#delete(index, leaf)
        return
      }
      case 'released': {
        this.#release(index, leaf)
        return
      }
      case 'opened': {
        this.#open(index, leaf)
        return
      }
      case 'closed': {
        this.#close(index, leaf)
        return
      }
      case 'policy': {
        this.#setPolicy(index, leaf)
        return
      }
      case 'repositoryDeleted': {
        this.#deleteRepository(index, leaf)
        return
      }
      case 'policyState':
      case 'tagState':
      case 'nameState': {
        this.#takeState(index, leaf)
        return
      }
      case 'started':
        if (this.#startedAt !== null)
          this.#violation(index, `the log starts again; it started at leaf ${this.#startedAt}`)
        else this.#startedAt = index
    }
  }

  #move(index: number, leaf: MoveLeaf): void {
    const name = this.#event(index, leaf)
    const { id, policy } = this.#repositoryOf(index, leaf)
    const said = leaf.kind === 'created' ? null : leaf.previousDigest
    if (said !== name.digest) this.#contradiction(index, leaf, said, name)
    else if (said === leaf.digest) this.#violation(index, `${at(leaf)} was moved to the digest that it had`)
    else {
      const { reserved } = name
      const verdict = judgeMove(policy, leaf.tag, name.digest, leaf.digest, {
        reservation:
          reserved === null ? null : { digest: reserved.digest, isOfFormerRepository: reserved.repositoryId !== id },
        // Asked for tags of signatures only. What their manifests have, the log does not say.
        isAppended: true,
        isOpened: name.closesAt !== null && leaf.time < name.closesAt,
      })
      if (verdict.kind === 'refused') this.#refused(index, leaf, name, verdict.reason)
      else if (said !== null && isAppendOnly(leaf.tag) && isProtected(policy, leaf.tag)) this.#appendedMoves += 1
    }
    name.digest = leaf.digest
    name.leaf = index
    name.time = leaf.time
    name.moves += 1
    if (name.reserved !== null && name.reserved.repositoryId === id && name.reserved.digest !== leaf.digest) {
      name.reserved = null
    }
  }

  #delete(index: number, leaf: TagLeaf & { readonly kind: 'deleted' }): void {
    const name = this.#event(index, leaf)
    const { id, policy } = this.#repositoryOf(index, leaf)
    if (name.digest !== leaf.digest) this.#contradiction(index, leaf, leaf.digest, name)
    if (isProtected(policy, leaf.tag)) {
      // A reservation of a former repository stays its own.
      name.reserved = { digest: leaf.digest, repositoryId: name.reserved?.repositoryId ?? id, leaf: index }
    }
    name.digest = null
    name.leaf = index
    name.time = leaf.time
  }

  #release(index: number, leaf: TagLeaf & { readonly kind: 'released' }): void {
    const name = this.#event(index, leaf)
    this.#repositoryOf(index, leaf)
    if (name.reserved?.digest !== leaf.digest) {
      const reserved = name.reserved === null ? 'it was not reserved' : `it was reserved for ${name.reserved.digest}`
      this.#violation(index, `the name ${at(leaf)} was released from ${leaf.digest}, but ${reserved}`)
    }
    name.reserved = null
  }

  #open(index: number, leaf: TagLeaf & { readonly kind: 'opened' }): void {
    const name = this.#event(index, leaf)
    this.#repositoryOf(index, leaf)
    if (name.digest !== leaf.digest) this.#contradiction(index, leaf, leaf.digest, name)
    if (name.closesAt !== null) this.#violation(index, `${at(leaf)} was opened while it was open`)
    const longest = Date.parse(leaf.time) + openingMinutesMax * 60_000
    if (Date.parse(leaf.closesAt) > longest) {
      this.#violation(index, `${at(leaf)} was opened until ${leaf.closesAt}: longer than the 24 hours that are allowed`)
    }
    name.closesAt = leaf.closesAt
  }

  #close(index: number, leaf: Extract<Leaf, { readonly kind: 'closed' }>): void {
    const name = this.#event(index, leaf)
    this.#repositoryOf(index, leaf)
    if (name.digest !== leaf.digest) this.#contradiction(index, leaf, leaf.digest, name)
    if (name.closesAt === null) this.#violation(index, `${at(leaf)} was closed, but it was not open`)
    name.closesAt = null
  }

  #setPolicy(index: number, leaf: Leaf & { readonly kind: 'policy' }): void {
    const { repository, repositoryId, policy, former, time } = leaf
    const path = this.#pathOf(repository)
    const known = path.repository
    if (former === null) {
      if (known !== null) {
        this.#violation(index, `${repository} was created, but it is there since leaf ${known.leaf}`)
        this.#end(path)
      }
    } else if (known === null) {
      this.#violation(index, `the policy of ${repository} was changed, but no leaf says that it was created`)
    } else if (known.id !== repositoryId) {
      this.#violation(
        index,
        `${repository} became another repository, but no leaf says that the former one was deleted`,
      )
    } else if (!isSamePolicy(known.policy, former)) {
      const [before, since] = [describePolicy(former), describePolicy(toRule(known.policy))]
      this.#violation(
        index,
        `the policy of ${repository} was ${before} before this change, but ${since} since leaf ${known.leaf}: between leaves ${known.leaf} and ${index} a change is missing`,
      )
    }
    path.repository = { id: repositoryId, policy: toPolicy(policy), leaf: index, time }
  }

  #deleteRepository(index: number, leaf: Extract<Leaf, { readonly kind: 'repositoryDeleted' }>): void {
    const path = this.#pathOf(leaf.repository)
    this.#repositoryOf(index, leaf)
    for (const [tag, { digest, leaf: since }] of path.names) {
      if (digest === null) continue
      this.#violation(
        index,
        `${leaf.repository} was deleted, but no leaf says that its tag ${tag} was, which points at ${digest} since leaf ${since}`,
      )
      break
    }
    this.#end(path)
  }

  #takeState(index: number, leaf: Extract<Leaf, { readonly kind: 'policyState' | 'tagState' | 'nameState' }>): void {
    if (this.#startedAt !== null) {
      this.#violation(index, `a state of the first batch, after the log started at leaf ${this.#startedAt}`)
    }
    const path = this.#pathOf(leaf.repository)
    if (leaf.kind === 'policyState') {
      path.repository = { id: leaf.repositoryId, policy: toPolicy(leaf.policy), leaf: index, time: leaf.time }
      return
    }
    const name = stateOfName(path, leaf.tag)
    if (leaf.kind === 'nameState') {
      name.reserved = { digest: leaf.digest, repositoryId: leaf.repositoryId, leaf: index }
      return
    }
    Object.assign(name, { digest: leaf.digest, leaf: index, time: leaf.time, closesAt: leaf.closesAt ?? null })
  }

  /** The name that an entry of the ledger is about; checks the order of the entries. */
  #event(index: number, leaf: TagLeaf & { readonly id: number }): NameState {
    const name = stateOfName(this.#pathOf(leaf.repository), leaf.tag)
    if (leaf.id <= name.id) {
      this.#violation(
        index,
        `${at(leaf)}: entry ${leaf.id} of the ledger comes after entry ${name.id} (leaf ${name.idLeaf}): leaves are out of order or doubled`,
      )
    }
    name.id = leaf.id
    name.idLeaf = index
    return name
  }

  /** The repository that a leaf is about. Where the leaves so far do not have it, it is taken as the leaf has it. */
  #repositoryOf(
    index: number,
    leaf: { readonly repository: string; readonly repositoryId: string; readonly time: string },
  ): RepositoryState {
    const path = this.#pathOf(leaf.repository)
    if (path.repository?.id === leaf.repositoryId) return path.repository
    this.#violation(
      index,
      path.repository === null
        ? `no leaf says that ${leaf.repository} was created, or with which policy`
        : `${leaf.repository} became another repository, but no leaf says that the former one was deleted`,
    )
    const policy = path.repository?.policy ?? { immutabilityMode: 'off', exemptTags: [] }
    return (path.repository = { id: leaf.repositoryId, policy, leaf: index, time: leaf.time })
  }

  #pathOf(repository: string): PathState {
    let path = this.#paths.get(repository)
    if (path === undefined) this.#paths.set(repository, (path = pathState()))
    return path
  }

  /** Forgets a repository; what its names are reserved for stays, and the ids of their entries. */
  #end(path: PathState): void {
    path.repository = null
    for (const name of path.names.values()) {
      name.digest = null
      name.closesAt = null
    }
  }

  #contradiction(index: number, leaf: TagLeaf | MoveLeaf, said: string | null, name: NameState): void {
    const since = name.leaf === null ? 'no earlier leaf has this tag' : `leaf ${name.leaf} says ${pointed(name.digest)}`
    const between = name.leaf === null ? `before leaf ${index}` : `between leaves ${name.leaf} and ${index}`
    this.#violation(
      index,
      `${at(leaf)}, ${leaf.kind} at ${leaf.time}: before that ${pointed(said)}, says the leaf, but ${since}: ${between} a leaf is missing or was changed`,
    )
  }

  #refused(index: number, leaf: MoveLeaf, name: NameState, reason: RefusalReason): void {
    const { reserved } = name
    const from = name.leaf === null ? '' : ` (between leaves ${name.leaf} and ${index})`
    this.#violation(
      index,
      reason === 'TAG_RESERVED'
        ? `${at(leaf)} came to point at ${leaf.digest} at ${leaf.time}, but the name was reserved for ${reserved?.digest ?? 'another digest'} since leaf ${reserved?.leaf ?? 0}`
        : `${at(leaf)} moved at ${leaf.time} from ${name.digest ?? 'nothing'} to ${leaf.digest} while it was immutable${from}${ended(name, leaf)}`,
    )
  }

  #violation(leaf: number, text: string): void {
    // What was before the log started is told, not judged.
    if (this.#startedAt !== null) this.#report({ leaf, text })
  }
}

function at({ repository, tag }: { readonly repository: string; readonly tag: string }): string {
  return `${repository}:${tag}`
}

function pointed(digest: string | null): string {
  return digest === null ? 'there was no such tag' : `it pointed at ${digest}`
}

function ended({ closesAt }: NameState, { time }: MoveLeaf): string {
  return closesAt === null || time < closesAt ? '' : `; its opening had ended at ${closesAt}`
}

function toPolicy({ mode, exemptTags }: LeafPolicy): ImmutabilityRule {
  return { immutabilityMode: mode, exemptTags }
}

function toRule({ immutabilityMode, exemptTags }: ImmutabilityRule): LeafPolicy {
  return { mode: immutabilityMode, exemptTags: [...exemptTags] }
}

function isSamePolicy(rule: ImmutabilityRule, { mode, exemptTags }: LeafPolicy): boolean {
  return rule.immutabilityMode === mode && rule.exemptTags.join('\n') === exemptTags.join('\n')
}

/** A policy in words. */
export function describePolicy({
  mode,
  exemptTags,
}: Pick<LeafPolicy, 'exemptTags'> & { readonly mode: string }): string {
  return exemptTags.length === 0 ? `“${mode}”` : `“${mode}” except ${exemptTags.join(', ')}`
}
