import { createHash } from 'node:crypto'
import type { AuditAction, AuditTargetType } from '@/lib/domain/audit'
import { firstPreviousHash, hashAuditEvent, storableText } from './audit-chain'
import type { Database, SqlTransaction } from './engine/database'
import { FailedLogOns, type LeftOut } from './failed-log-ons'
import { lockName } from './engine/locks'

/** Who changes something, and from where: kept by value, because the record outlives users and credentials. */
export interface Actor {
  readonly name: string
  readonly credential: string
  readonly address: string
  readonly userAgent: string
}

/** A change of settings or access, or a sign-in: `before` is null for a creation, `after` for a deletion. */
export interface NewAuditEvent {
  readonly action: AuditAction
  readonly target: { readonly type: AuditTargetType; readonly id: string; readonly name: string }
  /** The instance it concerns, where it concerns one; of a change of an instance, that one. */
  readonly instanceId?: string | undefined
  /** Never a secret. */
  readonly before: Readonly<Record<string, unknown>> | null
  readonly after: Readonly<Record<string, unknown>> | null
  readonly reason?: string | undefined
  /**
   * Of a failed log-on, the name that was typed. Names are told apart by it whether there is such an account or not, so
   * that a failure costs the same; it is not recorded, because people type passwords there.
   */
  readonly tried?: string | undefined
}

/** Longest of what comes from outside by itself, in characters: a header must not fill the disk. */
const textMax = 512

/** Who has failed to log on, where, and what was recorded of it. */
interface FailedLogOn {
  readonly actor: Actor
  readonly event: NewAuditEvent
}

// On `globalThis`, because the server's bundle and Next's are two copies of this module in one process, and who guesses
// at both doors is one.
const key = Symbol.for('stele.failed-log-ons')
const shared = globalThis as { [key]?: FailedLogOns<FailedLogOn> | undefined }
const failedLogOns = (shared[key] ??= new FailedLogOns())

/**
 * Records a change, in the transaction that makes it: neither is there without the other. Call it last: it holds a lock
 * that every other change waits for until the transaction ends, so that each event holds the hash of the one before, and
 * whoever waited for anything while holding it could wait for each other.
 *
 * Of failed log-ons, no more are recorded than `FailedLogOns` lets through; `recordLeftOut` tells of the others.
 */
export async function insertAuditEvent(tx: SqlTransaction, actor: Actor, event: NewAuditEvent): Promise<void> {
  if (event.action === 'LOG_ON_FAILED') {
    const { tried, ...recorded } = event
    const account = createHash('sha256')
      .update(tried ?? event.target.name)
      .update(`\0${actor.address}`)
      .digest('base64')
    if (!failedLogOns.admit(account, { actor, event: recorded })) return
  }
  await appendAuditEvent(tx, actor, event)
}

/**
 * Records how many failed log-ons were not recorded one by one, of minutes that are over, an event for each account and
 * address; with `isLast`, of the present minute too.
 */
export async function recordLeftOut(db: Database, { isLast = false } = {}): Promise<void> {
  const ended = failedLogOns.takeLeftOut({ isLast })
  if (ended.length === 0) return
  try {
    await db.transaction(async (tx) => {
      for (const leftOut of ended) {
        const { actor, event } = leftOut.sample ?? others
        await appendAuditEvent(tx, actor, { ...event, after: { leftOut: leftOut.count }, reason: reasonOf(leftOut) })
      }
    })
  } catch (error) {
    failedLogOns.putBack(ended)
    throw error
  }
}

/** Whom the event is of that counts failures of accounts that could not be told apart any more. */
const others: FailedLogOn = {
  actor: { name: 'anonymous', credential: '', address: '', userAgent: '' },
  event: { action: 'LOG_ON_FAILED', target: { type: 'USER', id: '', name: '' }, before: null, after: null },
}

function reasonOf({ sample, count }: LeftOut<unknown>): string {
  const more = `${count} more failed log-on${count === 1 ? '' : 's'} within a minute`
  return sample === null ? `${more}, of several accounts or addresses` : more
}

async function appendAuditEvent(tx: SqlTransaction, actor: Actor, event: NewAuditEvent): Promise<void> {
  await lockName(tx, 'audit')
  const head = await readHead(tx)
  const { target } = event
  const content = {
    id: head.lastId + 1,
    action: event.action,
    targetType: target.type,
    targetId: storableText(target.id, textMax),
    targetName: storableText(target.name, textMax),
    instanceId: event.instanceId ?? (target.type === 'INSTANCE' ? target.id : null),
    before: event.before === null ? null : JSON.stringify(event.before),
    after: event.after === null ? null : JSON.stringify(event.after),
    reason: event.reason === undefined ? null : storableText(event.reason, textMax),
    actor: storableText(actor.name, textMax),
    credential: storableText(actor.credential, textMax),
    address: storableText(actor.address, textMax),
    userAgent: storableText(actor.userAgent, textMax),
    createdAt: new Date(),
  }
  const hash = hashAuditEvent(head.hash, content)
  await tx.$executeRaw`
    INSERT INTO "AuditEvent" ("id", "action", "targetType", "targetId", "targetName", "instanceId", "before", "after",
      "reason", "actor", "credential", "address", "userAgent", "createdAt", "previousHash", "hash")
    VALUES (${content.id}, ${content.action}, ${content.targetType}, ${content.targetId}, ${content.targetName},
      ${content.instanceId}, ${content.before}, ${content.after}, ${content.reason}, ${content.actor},
      ${content.credential}, ${content.address}, ${content.userAgent}, ${content.createdAt}, ${head.hash}, ${hash})`
  await tx.$executeRaw`
    INSERT INTO "AuditHead" ("id", "eventId", "hash") VALUES (1, ${content.id}, ${hash})
    ON CONFLICT ("id") DO UPDATE SET "eventId" = excluded."eventId", "hash" = excluded."hash"`
}

/**
 * The last event as the head says. Where somebody has put events behind it, or taken some away, changes go on all the
 * same, and what was done shows when the chain is verified.
 */
async function readHead(tx: SqlTransaction): Promise<{ readonly lastId: number; readonly hash: string }> {
  const [head] = await tx.$queryRaw<{ eventId: number; hash: string }[]>`
    SELECT "eventId", "hash" FROM "AuditHead" WHERE "id" = 1`
  const [last] = await tx.$queryRaw<{ id: number }[]>`SELECT "id" FROM "AuditEvent" ORDER BY "id" DESC LIMIT 1`
  return { lastId: Math.max(head?.eventId ?? 0, last?.id ?? 0), hash: head?.hash ?? firstPreviousHash }
}
