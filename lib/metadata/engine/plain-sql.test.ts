import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findBlobLink, linkBlob, listLinkedSizes } from '@/lib/metadata/blobs'
import type { SqlSource, SqlTransaction } from './database'
import type { OpenDatabase } from './open-database'
import { findManifest, findManifestByTag, insertManifest } from '@/lib/metadata/manifests'
import {
  createRepositoryOnPush,
  findRepositoryByPath,
  lockRepository,
  lockRepositoryExclusively,
} from '@/lib/metadata/repositories'
import { findTag, listTagNames, listTagsReaching, moveTag, readTagPages } from '@/lib/metadata/tags'
import { openTestDatabase } from '@/lib/testing/test-database'
import { findDefaultInstance, findInstanceByHost } from '@/lib/metadata/instances'
import { hasUpload, insertUpload } from '@/lib/metadata/uploads'
import { findUserWithPasswordHash, insertUser } from '@/lib/metadata/users'
import type { Digest } from '@/lib/domain/digest'
import { parseTag } from '@/lib/domain/reference'

const content = Buffer.from('{"bytes":"\u0000ü"}')

let db: OpenDatabase
let close: () => Promise<void>
let repositoryId: string

const now = new Date('2026-11-22T10:20:30.456Z')
const digest = `sha256:${'a'.repeat(64)}` as Digest
const layer = `sha256:${'b'.repeat(64)}` as Digest

beforeAll(async () => {
  ;({ db, close } = await openTestDatabase())
  await db.transaction(async (tx) => {
    await insertUser(tx, { id: 'usr-1', name: 'admin', role: 'ADMINISTRATOR', passwordHash: 'hash' })
    const instance = { name: 'example', regionId: 'cn-hangzhou', specification: 'Enterprise_Basic' }
    await tx.prisma.instance.create({ data: { ...instance, id: 'cri-1', isDefault: true } })
    await tx.prisma.instance.create({ data: { ...instance, id: 'cri-2', name: 'other', isDefault: false } })
    await tx.prisma.namespace.create({
      data: {
        id: 'crn-1',
        instanceId: 'cri-1',
        name: 'test',
        autoCreateRepository: true,
        defaultRepositoryType: 'PRIVATE',
        defaultImmutabilityMode: 'enforce',
        defaultExemptTags: 'latest dev-*',
      },
    })
    const push = { instanceId: 'cri-1', namespace: 'test', name: 'example', createdBy: 'admin' }
    const created = await createRepositoryOnPush(tx, push)
    const repository = created && (await lockRepository(tx, created.id))
    if (repository === null) throw new Error('the namespace refused its repository')
    repositoryId = repository.id
    await linkBlob(tx, repositoryId, { digest, sizeBytes: 4_000_000_000, arePushed: true, now })
    await insertUpload(tx, { id: 'upload', repositoryId, createdBy: 'admin', now })
    await insertManifest(tx, repositoryId, {
      digest,
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      content,
      sizeBytes: content.length,
      artifactType: null,
      subjectDigest: null,
      annotations: {},
      references: [
        { digest: layer, kind: 'LAYER', descriptors: new Map([['layer', 1]]) },
        { digest, kind: 'CONFIG', descriptors: new Map([['config', 1]]) },
      ],
      totalSizeBytes: 14n,
      platforms: [],
      pushedBy: 'admin',
      now,
    })
    const move = { name: parseTag('v1'), digest, precondition: { kind: 'none' }, movedBy: 'admin', now } as const
    await moveTag(tx, repository, move)
    await moveTag(tx, repository, { ...move, name: parseTag('V0') })
  })
})
afterAll(() => close())

const manifest = {
  digest,
  mediaType: 'application/vnd.oci.image.manifest.v1+json',
  content: content.toString('hex'),
  sizeBytes: content.length,
}
const repository = {
  instanceId: 'cri-1',
  path: 'test/example',
  immutabilityMode: 'enforce',
  exemptTags: ['latest', 'dev-*'],
  acceptSparseManifests: false,
}

/** Each with what it answers on either database, and what where there is nothing. */
const reads: Record<
  string,
  [read: (source: SqlSource, found: boolean) => Promise<unknown>, unknown, nothing?: unknown]
> = {
  'a user': [
    (source, found) => findUserWithPasswordHash(source, found ? 'admin' : 'Admin'),
    {
      user: { id: 'usr-1', name: 'admin', displayName: '', isDisabled: false, role: 'ADMINISTRATOR' },
      passwordHash: 'hash',
    },
  ],
  'an instance by host': [
    (source, found) => findInstanceByHost(source, { regionId: 'cn-hangzhou', name: found ? 'other' : 'none' }),
    { id: 'cri-2', name: 'other', regionId: 'cn-hangzhou', isDefault: false, allowAnonymousPull: false },
  ],
  'a repository by path': [
    (source, found) => findRepositoryByPath(source, 'cri-1', found ? 'test/example' : 'test/none'),
    { instanceId: 'cri-1', path: 'test/example' },
  ],
  'a manifest by digest': [
    (source, found) => findManifest(source, repositoryId, found ? digest : 'sha256:0'),
    { ...manifest, seenAt: now },
  ],
  'a manifest by tag': [(source, found) => findManifestByTag(source, repositoryId, found ? 'v1' : 'V1'), manifest],
  'a blob’s link': [
    (source, found) => findBlobLink(source, found ? repositoryId : 'crr-none', digest),
    { sizeBytes: 4_000_000_000n, seenAt: now, isCorrupt: false },
  ],
  'the sizes of blobs that are there': [
    (source, found) => listLinkedSizes(source, repositoryId, found ? [digest, layer] : [layer]),
    new Map([[digest, 4_000_000_000n]]),
    new Map(),
  ],
  'an upload': [(source, found) => hasUpload(source, found ? repositoryId : 'crr-none', 'upload'), true, false],
  'a tag': [(source, found) => findTag(source, repositoryId, found ? 'v1' : 'v2'), { name: 'v1', digest }],
  'names of tags': [(source, found) => listTagNames(source, repositoryId, 10, found ? 'A' : 'v1'), ['V0', 'v1'], []],
  'all tags': [
    async (source, found) => {
      const tags = []
      for await (const page of readTagPages(source, found ? repositoryId : 'crr-none')) tags.push(...page)
      return tags
    },
    [
      { name: 'V0', digest },
      { name: 'v1', digest },
    ],
    [],
  ],
  'tags that reach a layer': [
    (source, found) => listTagsReaching(source, repositoryId, found ? layer : 'sha256:0', 10),
    ['V0', 'v1'],
    [],
  ],
}

describe('the same answer on both databases, on a thread and inline, and in a transaction of either kind', () => {
  test.each(Object.entries(reads))('%s', async (_, [read, answer, nothing = null]) => {
    for (const found of [true, false]) {
      const expected = found ? answer : nothing
      expect(plain(await read(db, found))).toEqual(expected)
      expect(plain(await read(db.inline, found))).toEqual(expected)
      expect(plain(await db.sqlTransaction((tx) => read(tx, found)))).toEqual(expected)
      expect(plain(await db.transaction((tx) => read(tx, found)))).toEqual(expected)
    }
  })

  test('the default instance', async () => {
    const defaultInstance = {
      ...{ id: 'cri-1', name: 'example', regionId: 'cn-hangzhou' },
      ...{ isDefault: true, allowAnonymousPull: false },
    }
    expect(await findDefaultInstance(db)).toEqual(defaultInstance)
    expect(await db.transaction((tx) => findDefaultInstance(tx))).toEqual(defaultInstance)
  })

  test.each([lockRepository, lockRepositoryExclusively])('%o', async (lock) => {
    for (const kind of ['sqlTransaction', 'transaction'] as const) {
      expect(plain(await db[kind]((tx: SqlTransaction) => lock(tx, repositoryId)))).toEqual(repository)
      expect(await db[kind]((tx: SqlTransaction) => lock(tx, 'crr-none'))).toBeNull()
    }
  })
})

describe('a transaction of plain SQL', () => {
  test('sees what it has written, and leaves nothing when it throws', async () => {
    const failed = db.sqlTransaction(async (tx) => {
      await insertUpload(tx, { id: 'undone', repositoryId, createdBy: 'admin', now })
      expect(await hasUpload(tx, repositoryId, 'undone')).toBe(true)
      throw new Error('enough')
    })
    await expect(failed).rejects.toThrow('enough')
    expect(await hasUpload(db, repositoryId, 'undone')).toBe(false)
  })

  test('a refusal of the database is UNAVAILABLE, with nothing of its text', async () => {
    const broken = db.sqlTransaction((tx) => tx.$queryRaw`SELECT * FROM "Nothing"`)
    await expect(broken).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.not.stringContaining('Nothing') as string,
    })
    expect(await hasUpload(db, repositoryId, 'upload')).toBe(true)
  })

  test('starts inside a transaction of Prisma as a part of it', async () => {
    const failed = db.transaction(async (tx) => {
      await tx.sqlTransaction((inner) => insertUpload(inner, { id: 'inner', repositoryId, createdBy: 'admin', now }))
      await tx.sqlTransaction(async (inner) => expect(await hasUpload(inner, repositoryId, 'inner')).toBe(true))
      throw new Error('enough')
    })
    await expect(failed).rejects.toThrow('enough')
    expect(await hasUpload(db, repositoryId, 'inner')).toBe(false)
  })
})

/** Bytes as text, whatever holds them, and without the id that each run makes anew. */
function plain(answer: unknown): unknown {
  if (typeof answer !== 'object' || answer === null) return answer
  if ('content' in answer) return { ...answer, content: Buffer.from(answer.content as Uint8Array).toString('hex') }
  if (!('instanceId' in answer)) return answer
  const { id: _, ...rest } = answer as { instanceId: unknown; id: string }
  return rest
}

test.each([
  ['part of another text', [`x${digest}x`]],
  ['in another case', [digest.toUpperCase()]],
  ['two as one', [`${digest}${digest}`]],
  ['a wildcard', ['%']],
  ['nothing', []],
])('a move that expects %s of a tag leaves it as it is', async (_, digests) => {
  const move = { name: parseTag('latest'), digest, precondition: { kind: 'none' }, movedBy: 'admin', now } as const
  const attempt = db.sqlTransaction(async (tx) => {
    const locked = await lockRepository(tx, repositoryId)
    if (locked === null) throw new Error('no repository')
    await moveTag(tx, locked, move)
    await moveTag(tx, locked, { ...move, digest: layer, precondition: { kind: 'match', digests } })
  })
  await expect(attempt).rejects.toMatchObject({ code: 'PRECONDITION_FAILED' })
})
