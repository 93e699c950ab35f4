import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { fillRepository } from '@/lib/testing/fill-repository'
import { type AcrParameters, acrCaller, outcomeOf, runAction } from '@/lib/testing/test-acr'
import { type TestApi, digestOfLetter, openTestApi } from '@/lib/testing/test-api'
import { TestWorld, ids, image } from '@/lib/testing/test-world'

let api: TestApi
let world: TestWorld
beforeAll(async () => {
  api = await openTestApi()
  world = new TestWorld(api.ctx)
  await world.build()
})
beforeEach(() => world.reset())
afterAll(() => api.close())

const admin = acrCaller('admin')
const InstanceId = ids.main
const RepoId = ids.secret
const names = { InstanceId, NamespaceName: 'other', RepoName: 'secret' }

const run = (name: string, parameters: AcrParameters, by = admin) => runAction(api.ctx, by, name, parameters)
const get = (Tag: string) => run('GetRepoTag', { InstanceId, RepoId, Tag })
const list = (more: AcrParameters = {}) => run('ListRepoTag', { InstanceId, RepoId, ...more })
const setImmutable = (TagImmutability: string) => run('UpdateRepository', { InstanceId, RepoId, TagImmutability })
const hex = (digest: string) => digest.slice('sha256:'.length)

describe('ListRepoTag', () => {
  test('shows what GetRepoTag shows, with times as texts, and the config as image', async () => {
    const { Images, TotalCount } = await list()
    expect(TotalCount).toBe('1')
    const shown = await get('v1')
    const { ImageCreate, ImageUpdate } = shown
    expect(Images).toEqual([{ ...shown, ImageCreate: String(ImageCreate), ImageUpdate: String(ImageUpdate) }])
    expect(shown).toMatchObject({ Tag: 'v1', Digest: hex(image.digest), ImageId: hex(image.configDigest) })
    const { totalSizeBytes } = await api.ctx.db.prisma.manifest.findFirstOrThrow({ where: { digest: image.digest } })
    expect(shown['ImageSize']).toBe(Number(totalSizeBytes))
  })

  test('shows a digest of another algorithm as it is, and the digest as image where there is no config', async () => {
    const digest = `sha512:${'a'.repeat(128)}`
    await api.pushTag(RepoId, 'v2', digest)
    await api.pushTag(RepoId, 'v3', digestOfLetter('b'))
    expect(await get('v2')).toMatchObject({ Digest: digest, ImageId: digest })
    expect(await get('v3')).toMatchObject({ Digest: 'b'.repeat(64), ImageId: 'b'.repeat(64) })
  })

  test('reads many tags to their end, by pages, of which one after the last is empty, and by tokens', async () => {
    const { RepoId: many } = await run('CreateRepository', {
      InstanceId,
      RepoNamespaceName: 'team',
      RepoName: 'many',
    })
    await fillRepository(api.ctx.db, many, 1200)
    const of = { InstanceId, RepoId: many }
    const read: unknown[] = []
    for (let page = 1; page <= 13; page += 1) {
      const { Images, TotalCount } = await run('ListRepoTag', { ...of, PageNo: String(page), PageSize: '100' })
      expect(TotalCount).toBe('1200')
      expect(Images).toHaveLength(page === 13 ? 0 : 100)
      read.push(...Images.map(({ Tag }) => Tag))
    }
    expect(new Set(read).size).toBe(1200)
    const walked: unknown[] = []
    let NextToken = ''
    do {
      const answer = await run('ListRepoTag', { ...of, MaxResults: '100', NextToken })
      walked.push(...answer.Images.map(({ Tag }) => Tag))
      NextToken = answer.NextToken
    } while (NextToken !== '')
    expect(walked).toEqual(read)
    expect(await outcomeOf(run('ListRepoTag', { ...of, PageSize: '101' }))).toBe('BAD_REQUEST PageSize')
    expect(await outcomeOf(run('ListRepoTag', { ...of, NextToken: 'x' }))).toBe('PAGE_INVALID NextToken')
  })
})

test('the newest tags are first', async () => {
  await api.pushTag(RepoId, 'a', digestOfLetter('a'))
  await api.pushTag(RepoId, 'z', digestOfLetter('b'))
  expect((await list()).Images.map(({ Tag }) => Tag)).toEqual(['z', 'a', 'v1'])
})

describe('DeleteRepoTag', () => {
  test('deletes a tag', async () => {
    await run('DeleteRepoTag', { InstanceId, RepoId, Tag: 'v1' })
    expect(await outcomeOf(get('v1'))).toBe('NOT_FOUND tag')
    expect(await outcomeOf(run('DeleteRepoTag', { InstanceId, RepoId, Tag: 'v1' }))).toBe('NOT_FOUND tag')
  })

  test('refuses an immutable tag also to administrators, and deletes an exempt one', async () => {
    await setImmutable('true')
    await run('CreateRepoTag', { ...names, FromTag: 'v1', ToTag: 'latest' })
    const deletion = run('DeleteRepoTag', { InstanceId, RepoId, Tag: 'v1' })
    await expect(deletion).rejects.toMatchObject({
      code: 'TAG_UNDELETABLE',
      message: 'The requested tag is immutable and cannot be deleted.',
    })
    await run('DeleteRepoTag', { InstanceId, RepoId, Tag: 'latest' })
    expect((await list()).Images.map(({ Tag }) => Tag)).toEqual(['v1'])
  })
})

describe('CreateRepoTag', () => {
  test('points a tag at what another one points at, and moves it', async () => {
    await run('CreateRepoTag', { ...names, FromTag: 'v1', ToTag: 'stable' })
    expect(await get('stable')).toMatchObject({ Digest: hex(image.digest) })
    await api.pushTag(RepoId, 'v2', digestOfLetter('b'))
    await run('CreateRepoTag', { ...names, FromTag: 'v2', ToTag: 'stable' })
    expect(await get('stable')).toMatchObject({ Digest: 'b'.repeat(64) })
  })

  test('obeys the rule as a push does: refused onto an immutable tag with ACR’s sentence, and recorded', async () => {
    await api.pushTag(RepoId, 'v2', digestOfLetter('b'))
    await setImmutable('true')
    const copy = (FromTag: string, ToTag: string) => run('CreateRepoTag', { ...names, FromTag, ToTag })
    await expect(copy('v2', 'v1')).rejects.toMatchObject({
      code: 'TAG_IMMUTABLE',
      message: 'The requested tag already exists and cannot be overwritten.',
    })
    expect(await get('v1')).toMatchObject({ Digest: hex(image.digest) })
    const where = { repositoryId: RepoId, tag: 'v1', kind: 'REFUSED' } as const
    expect(await api.ctx.db.prisma.tagEvent.count({ where })).toBe(1)

    await copy('v1', 'v1')
    await copy('v2', 'v3')
    await copy('v1', 'latest')
    await copy('v2', 'latest')
    expect(await get('latest')).toMatchObject({ Digest: 'b'.repeat(64) })
  })

  test.each([
    ['NOT_FOUND tag', { FromTag: 'nobody' }],
    ['NOT_FOUND repository', { RepoName: 'nobody' }],
    ['NOT_FOUND repository', { NamespaceName: 'nobody' }],
    ['NOT_FOUND instance', { InstanceId: 'cri-nobody' }],
    ['BAD_REQUEST ToTag', { ToTag: '-v2' }],
    ['BAD_REQUEST ToTag', { ToTag: '' }],
    ['BAD_REQUEST ToTag', { ToTag: 'a'.repeat(129) }],
    ['BAD_REQUEST FromTag', { FromTag: '\0' }],
    ['BAD_REQUEST NamespaceName', { NamespaceName: '' }],
  ])('%s for %o', async (expected, wrong: AcrParameters) => {
    expect(await outcomeOf(run('CreateRepoTag', { ...names, FromTag: 'v1', ToTag: 'v2', ...wrong }))).toBe(expected)
  })
})

test.each([
  ['NOT_FOUND tag', { Tag: 'nobody' }],
  ['NOT_FOUND tag', { Tag: 'not a tag' }],
  ['NOT_FOUND repository', { RepoId: 'crr-nobody' }],
  ['NOT_FOUND repository', { RepoId: ids.besideClosed }],
  ['BAD_REQUEST Tag', { Tag: '' }],
])('what is not there is told: %s for %o', async (expected, wrong: AcrParameters) => {
  for (const name of ['GetRepoTag', 'DeleteRepoTag']) {
    expect(await outcomeOf(run(name, { InstanceId, RepoId, Tag: 'v1', ...wrong }))).toBe(expected)
  }
})
