import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { systemPrincipal } from '@/lib/domain/principal'
import { lockDeletedRepository } from '@/lib/metadata/repository-deletions'
import { deleteNamespace } from '@/lib/registry/namespaces/delete-namespace'
import { deletionsJob } from '@/lib/registry/finish-deletions'
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
    expect(events.map(({ kind }) => kind)).toEqual(['TAG', 'TAG', 'TAG', 'REPOSITORY_DELETED'])
    await deletionsJob.work(api.ctx, false, new AbortController().signal)
    expect(await prisma.outboxEvent.count({ where: { repositoryId } })).toBe(4)
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

test('a live repository is never taken for a deleted one', async () => {
  const { repositoryId } = await api.makeRepository('alive')
  expect(await api.ctx.db.sqlTransaction((tx) => lockDeletedRepository(tx, repositoryId))).toBeNull()
})
