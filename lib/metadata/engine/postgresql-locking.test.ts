import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Client } from 'pg'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { DatabaseLocation, SqlTransaction, Transaction } from './database'
import { type OpenDatabase, openDatabase } from './open-database'
import { lockName, lockRow } from './locks'
import { migrate } from './migrate'
import type { Digest } from '@/lib/domain/digest'
import { parseTag } from '@/lib/domain/reference'
import type { Prisma } from '@/lib/metadata/generated/sqlite/client'
import { insertManifest } from '@/lib/metadata/manifests'
import { type RepositoryForTraffic, lockRepository, lockRepositoryExclusively } from '@/lib/metadata/repositories'
import { updateRepository } from '@/lib/metadata/repository-settings'
import { type TagMoveResult, findTag, moveTag } from '@/lib/metadata/tags'
import { reserveTagName } from '@/lib/metadata/tombstones'
import { checkedInMigrations, createTestDatabase } from '@/lib/testing/test-database'

/*
 * docs/immutability.md, part 4: a push and a change of settings are ordered by the repository's row, also where two
 * servers make them. Each interleaving is forced: who should wait is seen waiting in pg_locks before the other goes on.
 */

const id = 'crr-1'

let folder: string
let location: Extract<DatabaseLocation, { provider: 'postgresql' }>
let drop: () => Promise<void>
let here: OpenDatabase
let there: OpenDatabase

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'stele-locking-'))
  const made = await createTestDatabase(folder)
  if (made.location.provider !== 'postgresql') throw new Error('these tests are PostgreSQL’s')
  ;({ location, drop } = { ...made, location: made.location })
  await migrate(location, checkedInMigrations)
  here = await openDatabase(location)
  there = await openDatabase(location)
  await here.prisma.instance.create({
    data: { id: 'cri-1', name: 'one', regionId: 'cn-hangzhou', specification: 'Enterprise_Basic', isDefault: true },
  })
  const defaults = {
    autoCreateRepository: true,
    defaultRepositoryType: 'PRIVATE',
  } as const
  await here.prisma.namespace.create({ data: { id: 'crn-1', instanceId: 'cri-1', name: 'test', ...defaults } })
  await here.prisma.repository.create({
    data: {
      id,
      instanceId: 'cri-1',
      namespaceId: 'crn-1',
      name: 'example',
      path: 'test/example',
      type: 'PRIVATE',
      summary: '',
      description: '',
      updatedBy: 'admin',
    },
  })
})
afterEach(async () => {
  await here.close()
  await there.close()
  await drop()
  await rm(folder, { recursive: true, force: true })
})

/** A promise and the function that resolves it. */
function gate() {
  let open = () => {}
  const opened = new Promise<void>((resolve) => (open = resolve))
  return { open, opened }
}

/** Resolves once a connection to the database waits for a lock. */
async function untilSomebodyWaits(): Promise<void> {
  const client = new Client({ connectionString: location.url })
  await client.connect()
  try {
    await expect
      .poll(async () => {
        const { rows } = await client.query(
          `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
        )
        return rows.length
      })
      .toBeGreaterThan(0)
  } finally {
    await client.end()
  }
}

/** Starts `work` in a transaction that `begin` begins, and resolves once it has run and waits to commit. */
async function holdOpen<Tx extends SqlTransaction>(
  begin: (work: (tx: Tx) => Promise<void>) => Promise<void>,
  work: (tx: Tx) => Promise<unknown>,
) {
  const [worked, mayEnd] = [gate(), gate()]
  const ended = begin(async (tx) => {
    await work(tx)
    worked.open()
    await mayEnd.opened
  })
  await Promise.race([worked.opened, ended])
  return {
    async commit() {
      mayEnd.open()
      await ended
    },
  }
}

const settingsThere = (work: (tx: Transaction) => Promise<void>) => there.transaction(work)
const pushThere = (work: (tx: SqlTransaction) => Promise<void>) => there.sqlTransaction(work)

const enableImmutability = (tx: Transaction) =>
  updateRepository(tx, { id, version: 1 }, { immutabilityMode: 'enforce', updatedBy: 'admin' })

const digestOf = (digit: string) => `sha256:${digit.repeat(64)}` as Digest

const signatureTag = `sha256-${'a'.repeat(64)}.sig`

/** Pushes a manifest with these layers under `signatureTag`. */
async function pushSignatures(tx: SqlTransaction, digest: string, layers: readonly string[]): Promise<TagMoveResult> {
  const repository = await lockRepository(tx, id)
  if (repository === null) throw new Error('no repository')
  const now = new Date()
  await insertManifest(tx, id, {
    digest,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    content: new Uint8Array(2),
    sizeBytes: 2,
    artifactType: null,
    subjectDigest: null,
    annotations: {},
    references: layers.map((layer) => ({ digest: layer as Digest, kind: 'LAYER', descriptors: new Map([[layer, 1]]) })),
    totalSizeBytes: 2n,
    platforms: [],
    pushedBy: 'admin',
    now,
  })
  const precondition = { kind: 'none' } as const
  return moveTag(tx, repository, { name: parseTag(signatureTag), digest, precondition, movedBy: 'admin', now })
}

/** The transaction, which does `work` before the first statement that only reads `table`. */
function beforeReadOf(tx: SqlTransaction, table: string, work: () => Promise<void>): SqlTransaction {
  let isDone = false
  const $queryRaw = async <T>(query: TemplateStringsArray | Prisma.Sql, ...values: readonly unknown[]): Promise<T> => {
    const text = 'raw' in query ? query.join('?') : query.sql
    if (!isDone && /^\s*SELECT/.test(text) && text.includes(table)) {
      isDone = true
      await work()
    }
    return tx.$queryRaw<T>(query, ...values)
  }
  return {
    provider: tx.provider,
    read: { $queryRaw },
    $queryRaw,
    $executeRaw: (query, ...values) => tx.$executeRaw(query, ...values),
    $send: (query, ...values) => tx.$send(query, ...values),
  }
}

describe('between two servers', () => {
  test('a push that begins while a change of settings is under way waits, and is judged by the new rule', async () => {
    const change = await holdOpen(settingsThere, enableImmutability)
    const push = here.sqlTransaction((tx) => lockRepository(tx, id))
    await untilSomebodyWaits()
    await change.commit()
    expect(await push).toMatchObject({ immutabilityMode: 'enforce' })
  })

  test('a change of settings is not acknowledged before a push that was judged by the old rule has landed', async () => {
    const push = await holdOpen(pushThere, (tx) => lockRepository(tx, id))
    let isAcknowledged = false
    const change = here.transaction(enableImmutability).then(() => (isAcknowledged = true))
    await untilSomebodyWaits()
    expect(isAcknowledged).toBe(false)
    await push.commit()
    await change
  })

  test('pushes do not wait for each other', async () => {
    const push = await holdOpen(pushThere, (tx) => lockRepository(tx, id))
    expect(await here.sqlTransaction((tx) => lockRepository(tx, id))).not.toBeNull()
    await push.commit()
  })

  test('who takes content away waits for the pushes that may count on it, and they for it', async () => {
    const push = await holdOpen(pushThere, (tx) => lockRepository(tx, id))
    const deletion = here.sqlTransaction((tx) => lockRepositoryExclusively(tx, id))
    await untilSomebodyWaits()
    await push.commit()
    await deletion

    const removal = await holdOpen(pushThere, (tx) => lockRepositoryExclusively(tx, id))
    const next = here.sqlTransaction((tx) => lockRepository(tx, id))
    await untilSomebodyWaits()
    await removal.commit()
    await next
  })

  test('of two signatures that are pushed at once under one append-only tag, the second does not replace the first', async () => {
    await here.transaction(enableImmutability)
    const signatures = { none: digestOf('0'), first: digestOf('1'), second: digestOf('2') }
    const push = (tx: SqlTransaction, digest: string) =>
      pushSignatures(tx, digest, digest === signatures.none ? [] : [digest])
    await here.sqlTransaction((tx) => push(tx, signatures.none))

    const first = await holdOpen(pushThere, (tx) => push(tx, signatures.first))
    const second = here.sqlTransaction((tx) => push(tx, signatures.second))
    await untilSomebodyWaits()
    await first.commit()
    expect(await second).toMatchObject({ outcome: 'refused', refusal: { currentDigest: signatures.first } })
    expect(await findTag(here, id, signatureTag)).toMatchObject({ digest: signatures.first })
  })

  test('of two signatures that are pushed at once under a new append-only tag, the second may append to the first', async () => {
    await here.transaction(enableImmutability)
    const [one, both] = [digestOf('1'), digestOf('2')]
    const first = await holdOpen(pushThere, (tx) => pushSignatures(tx, one, [one]))
    const second = here.sqlTransaction((tx) => pushSignatures(tx, both, [one, both]))
    await untilSomebodyWaits()
    await first.commit()
    expect(await second).toMatchObject({ outcome: 'moved', previousDigest: one })
  })

  describe('in mode audit, under a name that is reserved', () => {
    const [reserved, one, other, both] = ['0', '1', '2', '3'].map(digestOf) as [Digest, Digest, Digest, Digest]

    beforeEach(async () => {
      const decision = { reason: 'a test', decidedBy: 'admin' }
      await here.sqlTransaction(async (tx) => {
        const repository = await lockRepository(tx, id)
        await reserveTagName(tx, repository as RepositoryForTraffic, { name: signatureTag, digest: reserved }, decision)
      })
      await here.transaction((tx) =>
        updateRepository(tx, { id, version: 1 }, { immutabilityMode: 'audit', updatedBy: 'admin' }),
      )
    })

    test('a push is not refused when another one ends the reservation while the reason is read', async () => {
      const first = await holdOpen(pushThere, (tx) => pushSignatures(tx, one, [one]))
      const moved = await here.sqlTransaction((tx) =>
        pushSignatures(
          beforeReadOf(tx, '"Tombstone"', () => first.commit()),
          other,
          [other],
        ),
      )
      expect(moved).toMatchObject({
        ...{ outcome: 'moved', previousDigest: one },
        wouldBeRefused: { reason: 'TAG_APPEND_ONLY' },
      })
    })

    test.each([
      ['appends to it is not warned', both, [one, both], undefined],
      ['replaces it is warned', other, [other], { reason: 'TAG_APPEND_ONLY' }],
    ] as const)('a push that waits for the one that creates the tag, and %s', async (_, digest, layers, refusal) => {
      const first = await holdOpen(pushThere, (tx) => pushSignatures(tx, one, [one]))
      const second = here.sqlTransaction((tx) => pushSignatures(tx, digest, layers))
      await untilSomebodyWaits()
      await first.commit()
      const result = await second
      expect(result).toMatchObject({ outcome: 'moved', previousDigest: one })
      if (refusal === undefined) expect(result).not.toHaveProperty('wouldBeRefused')
      else expect(result).toMatchObject({ wouldBeRefused: refusal })
    })
  })

  test.each([
    ['a row', (tx: Parameters<typeof lockRow>[0]) => lockRow(tx, 'Namespace', 'crn-1')],
    ['a name', (tx: Parameters<typeof lockName>[0]) => lockName(tx, 'default-instance')],
  ])('one at a time holds %s', async (_, lock) => {
    const first = await holdOpen(settingsThere, lock)
    const second = here.transaction(lock)
    await untilSomebodyWaits()
    await first.commit()
    await second
  })
})
