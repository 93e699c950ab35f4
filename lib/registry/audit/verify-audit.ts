import type { Principal } from '@/lib/domain/principal'
import { firstPreviousHash, hashAuditEvent } from '@/lib/metadata/audit-chain'
import {
  type AuditEventRow,
  type AuditHead,
  findAuditEvent,
  findAuditEventByHash,
  findAuditHead,
  findEventBeyondHead,
  listAuditEvents,
} from '@/lib/metadata/audit-listing'
import type { Database } from '@/lib/metadata/engine/database'
import { authorizeAdministrator } from '@/lib/registry/authorize'

/** The first place where the chain of audit events is broken. */
export interface AuditProblem {
  readonly kind: 'CHANGED' | 'MISSING' | 'REORDERED' | 'REPLACED' | 'ADDED' | 'HEAD' | 'ANCHOR'
  readonly eventId: number
  /** For an administrator. */
  readonly message: string
}

/** The result: how many events from the first one on are intact, and the problem with the next one, or null. */
export interface AuditVerdict {
  readonly goodEvents: number
  readonly head: AuditHead | null
  readonly problem: AuditProblem | null
}

/** Events read at once. */
const batchSize = 500

/**
 * Checks the chain of audit events from the first one to the head in batches; events may be added meanwhile.
 *
 * `anchor` is an earlier head, kept where nobody with write access to the database can change it. Without it, a chain
 * looks intact even if its hashes were recomputed from some event on, or its newest events were removed with the head.
 */
export async function verifyAudit(
  { db }: { readonly db: Database },
  principal: Principal,
  anchor: AuditHead | null,
): Promise<AuditVerdict> {
  authorizeAdministrator({ db }, principal)
  const chain = new Chain(db)
  let head = await findAuditHead(db)
  // Events added meanwhile are checked too, but only for a limited number of rounds.
  for (let round = 0; round < 3 && chain.problem === null && head !== null && head.eventId > chain.lastId; round++) {
    await chain.follow(head)
    head = (await findAuditHead(db)) ?? head
  }
  const problem = chain.problem ?? (await checkEnd(db)) ?? (await checkAnchor(db, anchor))
  return { goodEvents: chain.lastId, head, problem }
}

class Chain {
  lastId = 0
  problem: AuditProblem | null = null
  #lastHash = firstPreviousHash

  constructor(private readonly db: Database) {}

  async follow(head: AuditHead): Promise<void> {
    while (this.problem === null && this.lastId < head.eventId) {
      const slice = {
        order: 'oldest first',
        afterId: this.lastId,
        beforeId: head.eventId + 1,
        limit: batchSize,
      } as const
      const events = await listAuditEvents(this.db, {}, slice)
      if (events.length === 0) this.problem = missing(this.lastId + 1, head.eventId)
      for (const event of events) {
        this.problem = await this.#check(event)
        if (this.problem !== null) return
        this.lastId = event.id
        this.#lastHash = event.hash
      }
    }
    if (this.problem === null && this.#lastHash !== head.hash) {
      const message = `the head names entry ${head.eventId} with another hash than the entry has`
      this.problem = { kind: 'HEAD', eventId: head.eventId, message }
    }
  }

  async #check(event: AuditEventRow): Promise<AuditProblem | null> {
    const id = this.lastId + 1
    if (event.id !== id) return missing(id, event.id - 1)
    if (event.previousHash !== this.#lastHash) {
      const former = await findAuditEventByHash(this.db, event.previousHash)
      if (former !== null) {
        const message = `entry ${id} was not written after entry ${this.lastId} but after what is now entry ${former.id}`
        return { kind: 'REORDERED', eventId: id, message }
      }
      if (id === 1) return { kind: 'REPLACED', eventId: 1, message: 'entry 1 is not the one that the trail began with' }
      const message = `entry ${id - 1} is not the one that entry ${id} was written after: it was changed or replaced, and its hash made anew`
      return { kind: 'REPLACED', eventId: id - 1, message }
    }
    if (recompute(event) === event.hash) return null
    return { kind: 'CHANGED', eventId: id, message: `entry ${id} was changed: its hash is not that of what it says` }
  }
}

/** Returns the event's hash, or null if its time is not valid: Stele cannot have written such an event. */
function recompute(event: AuditEventRow): string | null {
  return Number.isNaN(event.createdAt.getTime()) ? null : hashAuditEvent(event.previousHash, event)
}

function missing(first: number, last: number): AuditProblem {
  const message = first === last ? `entry ${first} is missing` : `entries ${first} to ${last} are missing`
  return { kind: 'MISSING', eventId: first, message }
}

async function checkEnd(db: Database): Promise<AuditProblem | null> {
  const beyond = await findEventBeyondHead(db)
  if (beyond === null) return null
  const message = `entry ${beyond} stands behind the head: the head was changed, or the entry was not written by Stele`
  return { kind: 'ADDED', eventId: beyond, message }
}

async function checkAnchor(db: Database, anchor: AuditHead | null): Promise<AuditProblem | null> {
  if (anchor === null) return null
  const { eventId, hash } = anchor
  const event = await findAuditEvent(db, eventId)
  if (event?.hash === hash) return null
  const message =
    event === null
      ? `entry ${eventId} was there and is not any more: the newest entries were taken away, or an older backup was restored`
      : `entry ${eventId} had another hash: the trail was written anew from some entry up to it`
  return { kind: 'ANCHOR', eventId, message }
}
