import type { Leaf, LeafPolicy } from '@/lib/domain/transparency/leaf'
import type { ServedKind, ServedPage, ServedPolicy, ServedTag } from '@/lib/domain/transparency/served'
import { type LedgerEntries, isSameEntry } from './ledger-entries'
import type { NameState } from './log-state'
import { type Replay, type Violation, describePolicy } from './replay'

/** Where what a registry serves is read from: the registry itself, or a copy of what it once said. */
export interface ServedSource {
  /** The path of a checkpoint that is not newer than anything that `page` answers. */
  readonly checkpointBefore: string
  /** The page of a kind that follows; `after` is the `next` of the one before. Rejects with a LogReadError. */
  page<Kind extends ServedKind>(kind: Kind, after: string | null): Promise<ServedPage<Kind>>
  /**
   * Waits until the log has all that `page` has answered: then the source's `checkpoint` covers it. Returns why the log stands
   * still, or null. With `mustCover` false it does not wait. Rejects with a LogReadError when the log does not follow.
   */
  settle(mustCover: boolean): Promise<string | null>
}

/** What was compared. */
export interface ServedCounts {
  readonly repositories: number
  readonly tags: number
  readonly entries: number
}

/** A difference that the log may explain, when it has what happened while all was read. */
interface Difference {
  /** Whether the log, as far as it was read, says what the registry does. */
  readonly isExplained: () => boolean
  readonly describe: () => string
}

/**
 * Compares what a registry serves with what its log says. The registry goes on meanwhile: what is served was read after one
 * checkpoint and before another one, so it must be what the log says at some leaf between the two.
 *
 * Its memory, besides that of the log itself, is the differences, and which tags were seen.
 */
export class ServedComparison {
  readonly #replay: Replay
  readonly #entries: LedgerEntries
  readonly #report: (violation: Violation) => void
  /** By what it is about, a path or a tag of one: only leaves about the same can explain it. */
  readonly #open = new Map<string, Difference>()
  /** Entries of the ledger that the log may not have yet, by id. */
  readonly #newEntries = new Map<number, string | null>()
  readonly #changedEntries: { readonly leaf: number; readonly id: number; readonly line: string | null }[] = []

  constructor(replay: Replay, entries: LedgerEntries, report: (violation: Violation) => void) {
    this.#replay = replay
    this.#entries = entries
    this.#report = report
  }

  /** Whether there are differences that newer leaves may explain. */
  get isOpen(): boolean {
    return this.#open.size > 0 || this.#newEntries.size > 0
  }

  /** Reads all that is served and compares it with the log as it was read so far. */
  async read(served: ServedSource): Promise<ServedCounts> {
    return {
      repositories: await this.#readPolicies(served),
      tags: await this.#readTags(served),
      entries: await this.#readLedger(served),
    }
  }

  /** To be called after each newer leaf was replayed. */
  take(index: number, leaf: Leaf): void {
    if ('id' in leaf) {
      const line = this.#newEntries.get(leaf.id)
      this.#newEntries.delete(leaf.id)
      if (line !== undefined && (line === null || !isSameEntry(line, leaf))) {
        this.#changedEntries.push({ leaf: index, id: leaf.id, line })
      }
    }
    if (!('repository' in leaf)) return
    const about = 'tag' in leaf ? `${leaf.repository}:${leaf.tag}` : leaf.repository
    if (this.#open.get(about)?.isExplained() === true) this.#open.delete(about)
  }

  /** Reports what nothing explains. `lineOf` reads a leaf of the log again. */
  async end(lineOf: (leaf: number) => Promise<string>): Promise<void> {
    for (const { describe } of this.#open.values()) this.#report({ leaf: null, text: describe() })
    for (const [id, line] of this.#newEntries) {
      this.#report({ leaf: null, text: `entry ${id} of the ledger is not in the log: ${line ?? unreadable}` })
    }
    for (const { leaf, id, line } of this.#changedEntries.slice(0, describedMax)) {
      const now = line === null ? 'is gone, or was changed so that no leaf can be made of it' : `was changed to ${line}`
      this.#report({ leaf, text: `entry ${id} of the ledger ${now}; the log has ${await lineOf(leaf)}` })
    }
    for (const { leaf, id } of this.#changedEntries.slice(describedMax)) {
      this.#report({ leaf, text: `entry ${id} of the ledger is gone or was changed` })
    }
  }

  async #readPolicies(served: ServedSource): Promise<number> {
    const seen = new Set<string>()
    for await (const item of itemsOf(served, 'policies')) {
      const { repository } = item
      if (seen.has(repository)) this.#report({ leaf: null, text: `the registry has ${repository} twice` })
      seen.add(repository)
      this.#differ(repository, () => this.#policyDiffers(repository, item))
    }
    for (const repository of this.#replay.repositories()) {
      if (!seen.has(repository)) this.#differ(repository, () => this.#policyDiffers(repository, null))
    }
    return seen.size
  }

  async #readTags(served: ServedSource): Promise<number> {
    const seen = new Set<NameState>()
    let count = 0
    for await (const { repository, repositoryId, tag, digest } of itemsOf(served, 'tags')) {
      count += 1
      const name = this.#replay.nameOf(repository, tag)
      if (name !== null) seen.add(name)
      this.#differ(`${repository}:${tag}`, () => this.#tagDiffers(repository, tag, { repositoryId, digest }))
    }
    for (const [repository, tag, name] of this.#replay.tags()) {
      if (!seen.has(name)) this.#differ(`${repository}:${tag}`, () => this.#tagDiffers(repository, tag, null))
    }
    return count
  }

  async #readLedger(served: ServedSource): Promise<number> {
    let [count, place, last] = [0, 0, 0]
    for await (const { id, leaf: line } of itemsOf(served, 'ledger')) {
      if (id <= last) this.#report({ leaf: null, text: `the ledger has entry ${id} after entry ${last}` })
      last = id
      count += 1
      for (let own = this.#entries.at(place); own !== null && own.id < id; own = this.#entries.at(++place)) {
        this.#changedEntries.push({ leaf: own.leaf, id: own.id, line: null })
      }
      const own = this.#entries.at(place)
      if (own?.id !== id) {
        this.#newEntries.set(id, line)
        continue
      }
      place += 1
      if (line === null || !own.says(line)) this.#changedEntries.push({ leaf: own.leaf, id, line })
    }
    for (let own = this.#entries.at(place); own !== null; own = this.#entries.at(++place)) {
      this.#changedEntries.push({ leaf: own.leaf, id: own.id, line: null })
    }
    return count
  }

  /** Notes a difference about a path or a tag, described by `find` while there is one: null when the log says the same. */
  #differ(about: string, find: () => string | null): void {
    if (find() === null) return
    this.#open.set(about, { isExplained: () => find() === null, describe: () => find() ?? '' })
  }

  #policyDiffers(repository: string, served: ServedPolicy | null): string | null {
    const told = this.#replay.repositoryOf(repository)
    if (told === null && served === null) return null
    if (told === null) return `${repository}: the registry has this repository, but the log does not`
    const since = ` since leaf ${told.leaf} (${told.time})`
    if (served === null)
      return `${repository}: the registry has no such repository, but the log says it is there${since}`
    if (served.repositoryId !== told.id) {
      return `${repository}: in the registry this is repository ${served.repositoryId}, but in the log it is ${told.id}${since}`
    }
    const policy: LeafPolicy = { mode: told.policy.immutabilityMode, exemptTags: [...told.policy.exemptTags] }
    const [said, serves] = [describePolicy(policy), describePolicy(served.policy)]
    if (said === serves) return null
    return `${repository}: the policy in the registry is ${serves}, but the log says ${said}${since}`
  }

  #tagDiffers(
    repository: string,
    tag: string,
    served: Pick<ServedTag, 'digest' | 'repositoryId'> | null,
  ): string | null {
    const name = this.#replay.nameOf(repository, tag)
    const digest = name?.digest ?? null
    if (digest === (served?.digest ?? null)) return null
    const since = name === null || name.leaf === null ? '' : ` since leaf ${name.leaf} (${name.time ?? ''})`
    const serves = served === null ? 'has no such tag' : `serves ${served.digest}`
    return `${repository}:${tag}: the registry ${serves}, but the log says ${digest ?? 'that there is no such tag'}${since}`
  }
}

/** How many changed entries are shown with what the log has of them: each is read again. */
const describedMax = 100

const unreadable = 'no leaf can be made of it'

async function* itemsOf<Kind extends ServedKind>(
  served: ServedSource,
  kind: Kind,
): AsyncGenerator<ServedPage<Kind>['items'][number]> {
  for (let after: string | null = null; ;) {
    const page: ServedPage<Kind> = await served.page(kind, after)
    for (const item of page.items) yield item
    if (page.next === null) return
    after = page.next
  }
}
