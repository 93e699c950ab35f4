import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { isBlobLinked, linkBlob } from './blobs'
import { type Database, type Db, preparedReads, transaction } from './database'
import { findManifest, findManifestByTag, insertManifest } from './manifests'
import { findRepositoryByPath } from './repositories'
import { moveTag } from './tags'
import { openTestDatabase } from './test-database'
import { createRepositoryOnPush, findDefaultInstanceId, findInstanceIdByHost } from './traffic'
import { createUpload, hasUpload } from './uploads'
import { findUserWithPasswordHash, insertUser } from './users'
import type { Digest } from '@/lib/domain/digest'

let db: Database
let close: () => Promise<void>
let repositoryId: string

const digest = `sha256:${'a'.repeat(64)}` as Digest

beforeAll(async () => {
  ;({ db, close } = await openTestDatabase())
  await transaction(db, async (tx) => {
    await insertUser(tx, { id: 'usr-1', name: 'admin', role: 'ADMINISTRATOR', passwordHash: 'hash' })
    const instance = { name: 'example', regionId: 'cn-hangzhou', specification: 'Enterprise_Basic' }
    await tx.instance.create({ data: { ...instance, id: 'cri-1', isDefault: true } })
    await tx.instance.create({ data: { ...instance, id: 'cri-2', name: 'other', isDefault: false } })
    await tx.namespace.create({
      data: {
        id: 'crn-1',
        instanceId: 'cri-1',
        name: 'test',
        autoCreateRepository: true,
        defaultRepositoryType: 'PRIVATE',
        defaultTagImmutability: true,
      },
    })
    const push = { instanceId: 'cri-1', namespace: 'test', name: 'example', createdBy: 'admin' }
    const repository = await createRepositoryOnPush(tx, push)
    if (repository === null) throw new Error('the namespace refused its repository')
    repositoryId = repository.id
    await linkBlob(tx, repositoryId, { digest, sizeBytes: 1 })
    await createUpload(tx, { id: 'upload', repositoryId, createdBy: 'admin' })
    await insertManifest(tx, repositoryId, {
      digest,
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      content: Buffer.from('{"bytes":"\u0000ü"}'),
      sizeBytes: 14,
      artifactType: null,
      subjectDigest: null,
      annotations: {},
      references: [],
      totalSizeBytes: 14n,
      platforms: [],
      pushedBy: 'admin',
      now: new Date(),
    })
    const move = { name: 'v1', digest, precondition: { kind: 'none' }, movedBy: 'admin', now: new Date() } as const
    await moveTag(tx, repository, move)
  })
})
afterAll(() => close())

const reads: Record<string, (client: Db, found: boolean) => Promise<unknown>> = {
  'a user': (client, found) => findUserWithPasswordHash(client, found ? 'admin' : 'Admin'),
  'an instance by host': (client, found) =>
    findInstanceIdByHost(client, { regionId: 'cn-hangzhou', name: found ? 'other' : 'none' }),
  'a repository by path': (client, found) =>
    findRepositoryByPath(client, 'cri-1', found ? 'test/example' : 'test/none'),
  'a manifest by digest': (client, found) => findManifest(client, repositoryId, found ? digest : 'sha256:0'),
  'a manifest by tag': (client, found) => findManifestByTag(client, repositoryId, found ? 'v1' : 'V1'),
  'a blob’s link': (client, found) => isBlobLinked(client, found ? repositoryId : 'crr-none', digest),
  'an upload': (client, found) => hasUpload(client, found ? repositoryId : 'crr-none', 'upload'),
}

describe('a prepared read answers as Prisma does', () => {
  test.each(Object.entries(reads))('%s', async (_, read) => {
    for (const found of [true, false]) {
      const [prepared, throughPrisma] = [await read(db, found), await transaction(db, (tx) => read(tx, found))]
      expect(plain(prepared)).toEqual(plain(throughPrisma))
      expect(Boolean(prepared)).toBe(found)
    }
  })

  test('the default instance', async () => {
    expect(await findDefaultInstanceId(db)).toBe('cri-1')
    expect(await transaction(db, (tx) => findDefaultInstanceId(tx))).toBe('cri-1')
  })
})

test('a transaction has none: it must see what it has written itself', async () => {
  expect(preparedReads(db)).toBeDefined()
  await transaction(db, (tx) => {
    expect(preparedReads(tx)).toBeUndefined()
    return Promise.resolve()
  })
})

/** A manifest with its bytes as text: a Buffer and a Uint8Array of the same bytes are the same answer. */
function plain(answer: unknown): unknown {
  if (typeof answer !== 'object' || answer === null || !('content' in answer)) return answer
  return { ...answer, content: Buffer.from(answer.content as Uint8Array).toString('hex') }
}
