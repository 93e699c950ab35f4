import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, test } from 'vitest'
import { hashAuditEvent } from './audit-chain'
import { insertAuditEvent } from './audit-events'
import { findAuditHead, listAuditEvents } from './audit-listing'
import type { SqlTransaction } from './engine/database'
import { openDatabase } from './engine/open-database'
import { lockName } from './engine/locks'
import { migrate } from './engine/migrate'
import { checkedInMigrations, createTestDatabase } from '@/lib/testing/test-database'

test('two servers append to one chain at the same time, in both kinds of transaction, and none waits for ever', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'stele-audit-'))
  const { location, drop } = await createTestDatabase(folder)
  await migrate(location, checkedInMigrations)
  const servers = [await openDatabase(location), await openDatabase(location)] as const
  const actor = { name: 'admin', credential: 'session', address: '192.0.2.7', userAgent: 'agent' }
  const append = async (tx: SqlTransaction, name: string) => {
    // Locks of its own first, as use cases take them.
    await lockName(tx, name)
    const target = { type: 'NAMESPACE', id: name, name } as const
    await insertAuditEvent(tx, actor, { action: 'CREATE', target, before: null, after: {} })
  }
  try {
    await Promise.all(
      Array.from({ length: 50 }, (_, n) =>
        servers.flatMap((db) => [
          db.sqlTransaction((tx) => append(tx, `name-${n % 5}`)),
          db.transaction((tx) => append(tx, `name-${n % 5}`)),
        ]),
      ).flat(),
    )
    const [db] = servers
    const events = await listAuditEvents(db, {}, { order: 'oldest first', limit: 1000 })
    expect(events.map(({ id }) => id)).toEqual(Array.from({ length: 200 }, (_, index) => index + 1))
    let previousHash = ''
    for (const event of events) {
      expect(event.previousHash).toBe(previousHash)
      expect(event.hash).toBe(hashAuditEvent(previousHash, event))
      previousHash = event.hash
    }
    expect(await findAuditHead(db)).toEqual({ eventId: 200, hash: previousHash })
  } finally {
    for (const db of servers) await db.close()
    await drop()
    await rm(folder, { recursive: true, force: true })
  }
})
