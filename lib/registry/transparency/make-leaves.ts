import type { ImmutabilityRule } from '@/lib/domain/immutability'
import type { OpeningEnd } from '@/lib/domain/openings'
import { openingMinutesMax } from '@/lib/domain/openings'
import { type Leaf, type LeafPolicy, parseLeaf, readLeaf, writeLeaf } from '@/lib/domain/transparency/leaf'
import type { SqlSource } from '@/lib/metadata/engine/database'
import { type LoggedTagEvent, listLoggedTagEvents } from '@/lib/metadata/log-sources'
import type { NameState, TagState } from '@/lib/metadata/outbox'
import type { OutboxEventRow } from '@/lib/metadata/outbox-readers'
import { type LeafRow, findLastPolicyLeaf } from '@/lib/metadata/transparency-logs'

/** A leaf that has no index yet. */
export type NewLeaf = Omit<LeafRow, 'leafIndex'>

/** Why no leaf can be made of something: a sentence. The log of its instance stands still until it can be. */
export class UnreadableError extends Error {}

/**
 * The leaves of an entry of the ledger: one, or none for an entry that changed nothing. Throws an UnreadableError for an
 * entry that is damaged.
 */
export function leavesOfTagEvent(event: LoggedTagEvent): NewLeaf[] {
  return readable(
    () => `entry ${event.id} of the ledger`,
    () => leavesOfEntry(event),
  )
}

function leavesOfEntry(event: LoggedTagEvent): NewLeaf[] {
  const { id, repositoryId, tag, currentDigest, pushedDigest } = event
  const time = event.createdAt.toISOString()
  const fields = { id, repositoryId, repository: event.repositoryPath, tag, time }
  const before = currentDigest ?? ''
  const after = pushedDigest ?? ''
  switch (event.kind) {
    case 'CREATED':
      return [toRow({ kind: 'created', ...fields, digest: after })]
    case 'MOVED':
      return [toRow({ kind: 'moved', ...fields, digest: after, previousDigest: before })]
    case 'RESTORED':
      return [toRow({ kind: 'restored', ...fields, digest: after, previousDigest: currentDigest })]
    case 'DELETED':
      return [toRow({ kind: 'deleted', ...fields, digest: before })]
    case 'RELEASED':
      return [toRow({ kind: 'released', ...fields, digest: before })]
    case 'OPENED': {
      // Of an opening that is not known any more, the latest time that it can have had.
      const closesAt = event.closesAt ?? new Date(event.createdAt.getTime() + openingMinutesMax * 60_000)
      return [toRow({ kind: 'opened', ...fields, digest: before, closesAt: closesAt.toISOString() })]
    }
    case 'CLOSED': {
      const how = (event.reason ?? '').replace('CLOSED_BY_', '') as OpeningEnd
      return [toRow({ kind: 'closed', ...fields, digest: currentDigest, how })]
    }
    case 'REFUSED':
    case 'WOULD_BE_REFUSED':
      return []
    default:
      throw new Error('its kind is not known')
  }
}

/** The leaf that ends the first batch. */
export function startedLeaf(now: Date): NewLeaf {
  return toRow({ kind: 'started', time: now.toISOString() })
}

/**
 * Makes the leaves of events of the outbox, in their order. The leaves of one event are asked for one after the other: the
 * caller may stop after any event.
 */
export class EventLeaves {
  readonly #tagEvents: ReadonlyMap<number, LoggedTagEvent>
  /** By event: the last policy leaf of its path, where the event does not say what the policy was before. */
  readonly #policyLeaves: ReadonlyMap<number, string | null>
  /** The policies that leaves of this page have stated. */
  readonly #policies = new Map<string, LeafPolicy>()

  private constructor(
    tagEvents: ReadonlyMap<number, LoggedTagEvent>,
    policyLeaves: ReadonlyMap<number, string | null>,
  ) {
    this.#tagEvents = tagEvents
    this.#policyLeaves = policyLeaves
  }

  /** Reads all that the leaves of these events need. */
  static async of(source: SqlSource, events: readonly OutboxEventRow[]): Promise<EventLeaves> {
    const rows = await listLoggedTagEvents(
      source,
      events.flatMap(({ tagEventId }) => tagEventId ?? []),
    )
    const policyLeaves = new Map<number, string | null>()
    for (const { id, instanceId, repositoryPath } of events.filter(isWithoutFormer))
      policyLeaves.set(id, await findLastPolicyLeaf(source, instanceId, repositoryPath))
    return new EventLeaves(new Map(rows.map((row) => [row.id, row])), policyLeaves)
  }

  /** Throws an UnreadableError for an event that is damaged, or about an entry that the ledger does not have. */
  leavesOf(event: OutboxEventRow): NewLeaf[] {
    return readable(
      () => `event ${event.id} of the outbox (${event.kind}, ${event.repositoryPath})`,
      () => (event.kind === 'TAG' ? this.#leavesOfLedger(event) : this.#leavesOfOther(event)),
    )
  }

  #leavesOfLedger(event: OutboxEventRow): NewLeaf[] {
    const row = this.#tagEvents.get(event.tagEventId ?? 0)
    if (row === undefined) throw new Error(`the ledger has no entry ${event.tagEventId ?? 0}`)
    const { closesAt } = detailOf(event) as { readonly closesAt?: string }
    return leavesOfTagEvent(closesAt === undefined ? row : { ...row, closesAt: new Date(closesAt) })
  }

  #leavesOfOther(event: OutboxEventRow): NewLeaf[] {
    const { repositoryId, repositoryPath: repository } = event
    const fields = { repositoryId, repository, time: event.createdAt.toISOString() }
    switch (event.kind) {
      case 'POLICY_CHANGED': {
        const detail = detailOf(event) as ImmutabilityRule & { readonly former?: ImmutabilityRule | null }
        const former =
          detail.former === undefined
            ? this.#knownPolicy(event)
            : detail.former === null
              ? null
              : toPolicy(detail.former)
        return [this.#statePolicy({ kind: 'policy', ...fields, policy: toPolicy(detail), former })]
      }
      case 'POLICY_STATE': {
        const { policy } = detailOf(event) as { readonly policy: ImmutabilityRule }
        return [this.#statePolicy({ kind: 'policyState', ...fields, policy: toPolicy(policy) })]
      }
      case 'TAG_STATES':
        return (detailOf(event) as { readonly tags: readonly TagState[] }).tags.map(({ tag, digest, closesAt }) =>
          toRow({ kind: 'tagState', ...fields, tag, digest, ...(closesAt !== null && { closesAt }) }),
        )
      case 'NAME_STATES':
        return (detailOf(event) as { readonly names: readonly NameState[] }).names.map((name) =>
          toRow({
            kind: 'nameState',
            ...{ repositoryId: name.repositoryId, repository: name.repositoryPath, time: fields.time },
            ...{ tag: name.tag, digest: name.digest },
          }),
        )
      case 'REPOSITORY_DELETED':
        return [toRow({ kind: 'repositoryDeleted', ...fields })]
      case 'LOG_STARTED':
        return [startedLeaf(event.createdAt)]
      // They change no tag and no policy.
      case 'MANIFEST_DELETED':
      case 'BLOB_DELETED':
        return []
      default:
        // Perhaps of a later version, which runs beside this one and knows it.
        throw new Error('its kind is not known')
    }
  }

  #statePolicy(leaf: Extract<Leaf, { kind: 'policy' | 'policyState' }>): NewLeaf {
    const row = toRow(leaf)
    this.#policies.set(leaf.repositoryId, leaf.policy)
    return row
  }

  /** The policy that the log has of a repository, or null. */
  #knownPolicy({ id, repositoryId }: OutboxEventRow): LeafPolicy | null {
    const known = this.#policies.get(repositoryId)
    if (known !== undefined) return known
    const policyLeaf = this.#policyLeaves.get(id) ?? null
    const leaf = policyLeaf === null ? null : readLeaf(policyLeaf)
    const isPolicy = leaf?.kind === 'policy' || leaf?.kind === 'policyState'
    return isPolicy && leaf.repositoryId === repositoryId ? leaf.policy : null
  }
}

/** Servers of an earlier version do not say what a policy was before. */
function isWithoutFormer({ kind, detail }: OutboxEventRow): boolean {
  return kind === 'POLICY_CHANGED' && detail?.includes('"former":') !== true
}

function detailOf({ detail }: OutboxEventRow): unknown {
  return JSON.parse(detail ?? '{}')
}

function toPolicy({ immutabilityMode: mode, exemptTags }: ImmutabilityRule): LeafPolicy {
  return { mode, exemptTags: [...exemptTags] }
}

/** What is said only of something that cannot be read is made only then. */
function readable<T>(what: () => string, make: () => T): T {
  try {
    return make()
  } catch (error) {
    if (error instanceof UnreadableError) throw error
    throw new UnreadableError(`${what()} cannot be read: ${(error as Error).message}`)
  }
}

/** Throws a LeafError for what would be no leaf: once in the log, it cannot be taken back. */
function toRow(leaf: Leaf): NewLeaf {
  parseLeaf(leaf)
  return {
    repository: 'repository' in leaf ? leaf.repository : '',
    tag: 'tag' in leaf ? leaf.tag : '',
    entry: writeLeaf(leaf),
  }
}
