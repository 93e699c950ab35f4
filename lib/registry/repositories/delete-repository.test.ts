import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { systemPrincipal } from '@/lib/domain/principal'
import type { Context } from '@/lib/context'
import type { Database } from '@/lib/metadata/engine/database'
import type { SqlRunner } from '@/lib/metadata/engine/sql-runner'
import { lockDeletedRepository } from '@/lib/metadata/repository-deletions'
import { deleteNamespace } from '@/lib/registry/namespaces/delete-namespace'
import { deletionsJob } from '@/lib/registry/finish-deletions'
import { deleteRepository } from './delete-repository'
import { fillRepository, markDeleted } from '@/lib/testing/fill-repository'
import { type TestApi, digestOfLetter, openTestApi } from '@/lib/testing/test-api'

const one = '/repositories/{repositoryId}'

let api: TestApi

beforeEach(async () => (api = await openTestApi()))
afterEach(() => api.close())

async function rowsLeft(repositoryId: string): Promise<number[]> {
  const { prisma } = api.ctx.db
  const where = { repositoryId }
  return Promise.all([
    prisma.tag.count({ where }),
    prisma.manifest.count({ where }),
    prisma.manifestReference.count({ where }),
    prisma.repositoryBlob.count({ where }),
    prisma.upload.count({ where }),
    prisma.grant.count({ where }),
    prisma.repository.count({ where: { id: repositoryId } }),
  ])
}

describe('a deletion that the end of a process interrupted', () => {
  test('is whole for every reader from the moment it was acknowledged', async () => {
    const { instanceId, namespaceId, repositoryId } = await api.makeRepository('gone', { type: 'PUBLIC' })
    await api.pushTag(repositoryId, 'v1')
    const member = await api.makeMember()
    await markDeleted(api.ctx.db, repositoryId)

    for (const headers of [{}, { authorization: member }]) {
      for (const [method, path] of [
        ['GET', one],
        ['PATCH', one],
        ['DELETE', one],
        ['GET', `${one}/tags`],
      ] as const) {
        const body = method === 'PATCH' ? { body: { summary: 'x' } } : {}
        const { status } = await api.call(method, path, { repositoryId }, { headers, ...body })
        expect([method, path, status]).toEqual([method, path, 404])
      }
    }
    const instance = await api.call('GET', '/instances/{instanceId}', { instanceId })
    expect(instance.json).toMatchObject({ repositoryCount: 0, tagCount: 0, storageBytes: 0 })
    const list = await api.call('GET', '/instances/{instanceId}/repositories', { instanceId })
    expect(list.json).toMatchObject({ items: [], totalCount: 0 })
    const namespace = await api.call('GET', '/namespaces/{namespaceId}', { namespaceId })
    expect(namespace.json).toMatchObject({ repositoryCount: 0 })
    const asMember = { headers: { authorization: member } }
    for (const [path, params] of [
      ['/instances/{instanceId}', { instanceId }],
      ['/namespaces/{namespaceId}', { namespaceId }],
    ] as const) {
      expect((await api.call('GET', path, params, asMember)).status).toBe(404)
    }
  })

  test('is finished by the next start, with the ledger, the reserved names and the end of it in the outbox', async () => {
    const { repositoryId } = await api.makeRepository('gone', { tagImmutability: true })
    for (const tag of ['latest', 'v1', 'v2']) await api.pushTag(repositoryId, tag)
    await markDeleted(api.ctx.db, repositoryId)
    await deletionsJob.work(api.ctx, false, new AbortController().signal)

    expect(await rowsLeft(repositoryId)).toEqual([0, 0, 0, 0, 0, 0, 0])
    const { prisma } = api.ctx.db
    expect(await prisma.tagEvent.findMany({ where: { repositoryId }, orderBy: { id: 'asc' } })).toMatchObject(
      ['latest', 'v1', 'v2'].map((tag) => ({ tag, kind: 'DELETED', actor: systemPrincipal.name })),
    )
    expect((await prisma.tombstone.findMany({ orderBy: { tag: 'asc' } })).map(({ tag }) => tag)).toEqual(['v1', 'v2'])
    const events = await prisma.outboxEvent.findMany({ where: { repositoryId }, orderBy: { id: 'asc' } })
    expect(events.map(({ kind }) => kind)).toEqual(['POLICY_CHANGED', 'TAG', 'TAG', 'TAG', 'REPOSITORY_DELETED'])
    await deletionsJob.work(api.ctx, false, new AbortController().signal)
    expect(await prisma.outboxEvent.count({ where: { repositoryId } })).toBe(5)
  })

  test('is finished before its path has a new repository: no reserved name is missed', async () => {
    const { instanceId, repositoryId } = await api.makeRepository('gone', { tagImmutability: true })
    await api.pushTag(repositoryId, 'v1')
    await markDeleted(api.ctx.db, repositoryId)
    const body = { namespace: 'test', name: 'gone' }
    const again = await api.call('POST', '/instances/{instanceId}/repositories', { instanceId }, { body })
    expect(again.status).toBe(201)
    await expect(api.pushTag(again.json.id, 'v1', digestOfLetter('b'))).rejects.toMatchObject({ code: 'TAG_RESERVED' })
  })

  test('is finished before its namespace is deleted', async () => {
    const { namespaceId, repositoryId } = await api.makeRepository('gone')
    await markDeleted(api.ctx.db, repositoryId)
    await deleteNamespace(api.ctx, systemPrincipal, namespaceId, null)
    expect(await rowsLeft(repositoryId)).toEqual([0, 0, 0, 0, 0, 0, 0])
  })

  test('is finished once, by however many at the same time', async () => {
    const { repositoryId } = await api.makeRepository('gone')
    await fillRepository(api.ctx.db, repositoryId, 300)
    await markDeleted(api.ctx.db, repositoryId)
    await Promise.all(Array.from({ length: 4 }, () => deletionsJob.work(api.ctx, false, new AbortController().signal)))
    const { prisma } = api.ctx.db
    expect(await prisma.tagEvent.count({ where: { repositoryId } })).toBe(300)
    expect(await prisma.outboxEvent.count({ where: { kind: 'REPOSITORY_DELETED' } })).toBe(1)
  })
})

describe('while the tags of a repository are read before its deletion', () => {
  /** The context with a `read` that waits for `reading`, which gets the statement, and a transaction that waits for `locking`. */
  function contextWith({
    reading,
    locking,
  }: {
    reading?: (text: string) => Promise<unknown>
    locking?: () => Promise<unknown>
  }) {
    const { db } = api.ctx
    const waiting: Database = {
      mayWrite: true,
      provider: db.provider,
      read: {
        $queryRaw: async <T>(...query: Parameters<SqlRunner['$queryRaw']>) => {
          await reading?.(textOf(query[0]))
          return db.read.$queryRaw<T>(...query)
        },
      },
      prisma: db.prisma,
      transaction: async (work) => {
        await locking?.()
        return db.transaction(work)
      },
      sqlTransaction: (work) => db.sqlTransaction(work),
      tryLock: (name) => db.tryLock(name),
    }
    return { ...api.ctx, db: waiting }
  }
  const textOf = (query: Parameters<SqlRunner['$queryRaw']>[0]) => ('raw' in query ? query.join('?') : query.sql)
  const deletion = (ctx: Context, id: string) => deleteRepository(ctx, systemPrincipal, id, {}, null)

  test('others write', async () => {
    const { repositoryId } = await api.makeRepository('one', { tagImmutability: true })
    const other = await api.makeRepository('other')
    await api.pushTag(repositoryId, 'latest')
    let pushes = 0
    const reading = async (text: string) => {
      if (/FROM "Tag"/.test(text)) await api.pushTag(other.repositoryId, `v${(pushes += 1)}`)
    }
    await deletion(contextWith({ reading }), repositoryId)
    // A page of tags, and the next one, which is empty, at least.
    expect(pushes).toBeGreaterThanOrEqual(2)
    expect(await rowsLeft(repositoryId)).toEqual([0, 0, 0, 0, 0, 0, 0])
  })

  test('a protected tag that is pushed forbids it', async () => {
    const { repositoryId } = await api.makeRepository('one', { tagImmutability: true })
    await api.pushTag(repositoryId, 'latest')
    const locking = () => api.pushTag(repositoryId, 'v1')
    await expect(deletion(contextWith({ locking }), repositoryId)).rejects.toMatchObject({
      code: 'REPOSITORY_PROTECTED',
      detail: { tags: ['v1'], count: 1 },
    })
    expect((await api.call('GET', one, { repositoryId })).json['tagCount']).toBe(2)
  })

  test('a policy that changes ends it, and one that does not change anything here does not', async () => {
    const { repositoryId } = await api.makeRepository('one')
    await api.pushTag(repositoryId, 'v1')
    const change = (body: object) => api.call('PATCH', one, { repositoryId }, { body })
    const protect = () => change({ tagImmutability: true })
    await expect(deletion(contextWith({ locking: protect }), repositoryId)).rejects.toMatchObject({
      code: 'PRECONDITION_FAILED',
    })
    await change({ tagImmutability: false })
    await deletion(contextWith({ locking: () => change({ summary: 'other' }) }), repositoryId)
    expect(await rowsLeft(repositoryId)).toEqual([0, 0, 0, 0, 0, 0, 0])
  })
})

test('a live repository is never taken for a deleted one', async () => {
  const { repositoryId } = await api.makeRepository('alive')
  expect(await api.ctx.db.sqlTransaction((tx) => lockDeletedRepository(tx, repositoryId))).toBeNull()
})
