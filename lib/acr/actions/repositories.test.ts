import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type AcrParameters, acrCaller, outcomeOf, runAction } from '@/lib/testing/test-acr'
import { type TestApi, openTestApi } from '@/lib/testing/test-api'
import { TestWorld, ids } from '@/lib/testing/test-world'

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

const run = (name: string, parameters: AcrParameters, by = admin) => runAction(api.ctx, by, name, parameters)
const make = (RepoName: string, more: AcrParameters = {}) =>
  run('CreateRepository', { InstanceId, RepoNamespaceName: 'team', RepoName, ...more })
const get = (more: AcrParameters) => run('GetRepository', { InstanceId, ...more })

describe('CreateRepository', () => {
  test('makes one that GetRepository shows, by its id and by its names', async () => {
    const settings = { RepoType: 'PUBLIC', Summary: 'a shop', Detail: '# Shop', TagImmutability: 'True' }
    const before = Date.now()
    const { RepoId } = await make('web/shop', settings)
    const shown = await get({ RepoId })
    expect(shown).toEqual(await get({ RepoNamespaceName: 'team', RepoName: 'web/shop' }))
    expect(shown).toEqual(await get({ RepoId, RepoNamespaceName: 'team', RepoName: 'web/shop' }))
    expect(shown).toMatchObject({
      InstanceId,
      RepoId,
      RepoNamespaceName: 'team',
      RepoName: 'web/shop',
      RepoType: 'PUBLIC',
      Summary: 'a shop',
      Detail: '# Shop',
      TagImmutability: true,
    })
    expect(shown['CreateTime']).toBeGreaterThanOrEqual(before)
  })

  test('takes the defaults of the namespace for what is left out, as it does for empty parameters', async () => {
    await run('UpdateNamespace', {
      InstanceId,
      NamespaceName: 'team',
      DefaultRepoConfiguration: '{"RepoType":"PUBLIC","TagImmutability":true}',
    })
    const expected = { RepoType: 'PUBLIC', TagImmutability: true, Summary: '', Detail: '' }
    expect(await get({ RepoId: (await make('a')).RepoId })).toMatchObject(expected)
    const empty = { RepoType: '', TagImmutability: '', Summary: '', Detail: '' }
    expect(await get({ RepoId: (await make('b', empty)).RepoId })).toMatchObject(expected)
    expect(await get({ RepoId: (await make('c', { TagImmutability: 'FALSE' })).RepoId })).toMatchObject({
      TagImmutability: false,
    })
  })

  test.each([
    ['BAD_REQUEST RepoName', { RepoName: 'Upper' }],
    ['BAD_REQUEST RepoName', { RepoName: '' }],
    ['BAD_REQUEST RepoName', { RepoName: 'a\0' }],
    ['BAD_REQUEST RepoName', { RepoName: 'a'.repeat(251) }],
    ['BAD_REQUEST RepoType', { RepoType: 'public' }],
    ['BAD_REQUEST TagImmutability', { TagImmutability: 'yes' }],
    ['BAD_REQUEST Summary', { Summary: 'x'.repeat(101) }],
    ['BAD_REQUEST Detail', { Detail: 'x'.repeat(2001) }],
    ['BAD_REQUEST Detail', { Detail: '\0' }],
    ['ALREADY_EXISTS repository', { RepoName: 'closed' }],
    ['NOT_FOUND namespace', { RepoNamespaceName: 'nobody' }],
    ['NOT_FOUND instance', { InstanceId: 'cri-nobody' }],
  ])('%s for %o', async (expected, wrong: AcrParameters) => {
    expect(await outcomeOf(make('new', wrong))).toBe(expected)
  })
})

describe('UpdateRepository', () => {
  test('changes what it names and leaves the rest', async () => {
    const { RepoId } = await make('shop', { RepoType: 'PUBLIC', Summary: 'old', Detail: 'kept' })
    const before = await get({ RepoId })
    await run('UpdateRepository', { InstanceId, RepoId, RepoType: 'PRIVATE', Summary: 'new', TagImmutability: 'true' })
    const after = await get({ RepoId })
    const changed = { RepoType: 'PRIVATE', Summary: 'new', TagImmutability: true }
    expect(after).toEqual({ ...before, ...changed, ModifiedTime: after['ModifiedTime'] })
    expect(after['ModifiedTime']).toBeGreaterThanOrEqual(Number(before['ModifiedTime']))

    const names = { RepoNamespaceName: 'team', RepoName: 'shop' }
    await run('UpdateRepository', { InstanceId, ...names, TagImmutability: 'false' })
    expect(await get({ RepoId })).toMatchObject({ ...changed, TagImmutability: false, Detail: 'kept' })
    await run('UpdateRepository', { InstanceId, RepoId, Detail: '' })
    expect(await get({ RepoId })).toMatchObject({ Detail: '', Summary: 'new' })
  })

  test('leaves the exempt tags as they are, as the check box of the console does', async () => {
    const { db } = api.ctx
    await db.prisma.repository.update({ where: { id: ids.closed }, data: { exemptTags: 'latest dev-*' } })
    for (const TagImmutability of ['false', 'true']) {
      await run('UpdateRepository', { InstanceId, RepoId: ids.closed, TagImmutability })
    }
    const { immutabilityMode, exemptTags } = await db.prisma.repository.findUniqueOrThrow({ where: { id: ids.closed } })
    expect({ immutabilityMode, exemptTags }).toEqual({ immutabilityMode: 'enforce', exemptTags: 'latest dev-*' })
  })
})

describe('a repository is named', () => {
  test.each([
    ['NOT_FOUND repository', { RepoId: 'crr-nobody' }],
    ['NOT_FOUND repository', { RepoId: ids.besideClosed }],
    ['NOT_FOUND repository', { RepoNamespaceName: 'team', RepoName: 'nobody' }],
    ['NOT_FOUND repository', { RepoNamespaceName: 'nobody', RepoName: 'closed' }],
    ['NOT_FOUND instance', { InstanceId: 'cri-nobody', RepoId: ids.closed }],
    ['BAD_REQUEST RepoId', {}],
    ['BAD_REQUEST RepoId', { RepoId: '' }],
    ['BAD_REQUEST RepoId', { RepoId: 'crr-\0' }],
    ['BAD_REQUEST RepoName', { RepoNamespaceName: 'team' }],
    ['BAD_REQUEST RepoNamespaceName', { RepoName: 'closed' }],
    ['BAD_REQUEST RepoName', { RepoId: ids.closed, RepoName: 'open' }],
    ['BAD_REQUEST RepoNamespaceName', { RepoId: ids.closed, RepoNamespaceName: 'other' }],
    ['BAD_REQUEST InstanceId', { InstanceId: '', RepoId: ids.closed }],
  ])('%s: %o', async (expected, names: AcrParameters) => {
    for (const name of ['GetRepository', 'UpdateRepository', 'DeleteRepository', 'ListRepoTag']) {
      expect(await outcomeOf(run(name, { InstanceId, ...names }))).toBe(expected)
    }
  })
})

describe('DeleteRepository', () => {
  test('deletes a repository with its tags', async () => {
    await run('DeleteRepository', { InstanceId, RepoId: ids.open })
    expect(await outcomeOf(get({ RepoId: ids.open }))).toBe('NOT_FOUND repository')
    expect(await outcomeOf(run('DeleteRepository', { InstanceId, RepoId: ids.open }))).toBe('NOT_FOUND repository')
  })

  test('refuses one with immutable tags also to administrators, until Immutable is cleared', async () => {
    const names = { InstanceId, RepoId: ids.closed }
    await run('UpdateRepository', { ...names, TagImmutability: 'true' })
    await expect(run('DeleteRepository', names)).rejects.toMatchObject({
      code: 'REPOSITORY_PROTECTED',
      message: expect.stringMatching(/immutable tags: v1\. Set TagImmutability to false first/) as string,
    })
    expect((await get({ RepoId: ids.closed })).RepoId).toBe(ids.closed)
    await run('UpdateRepository', { ...names, TagImmutability: 'false' })
    await run('DeleteRepository', names)
  })
})

describe('ListRepository', () => {
  test('filters by the whole of a namespace and of a name', async () => {
    await make('shop')
    await make('shop-api')
    const list = async (more: AcrParameters) =>
      (await run('ListRepository', { InstanceId, ...more })).Repositories.map(({ RepoName }) => RepoName)
    expect(await list({ RepoNamespaceName: 'team', RepoName: 'shop' })).toEqual(['shop'])
    expect(await list({ RepoNamespaceName: 'tea' })).toEqual([])
    expect(await list({ RepoNamespaceName: 'team', RepoStatus: 'ALL' })).toContain('shop-api')
    expect(await list({ RepoNamespaceName: 'team', RepoStatus: 'DELETING' })).toEqual([])
    expect(await list({})).toContain('shop-api')
  })

  test('is read to its end by pages, of which one after the last is empty, and by tokens', async () => {
    await run('CreateNamespace', { InstanceId, NamespaceName: 'many' })
    const names = Array.from({ length: 6 }, (_, index) => `repository-${index}`)
    for (const RepoName of names) await make(RepoName, { RepoNamespaceName: 'many' })
    const asked = { InstanceId, RepoNamespaceName: 'many' }
    const read: unknown[] = []
    // As Terraform does: on, until a page is not full.
    for (let page = 1, isFull = true; isFull; page += 1) {
      const { Repositories, TotalCount, ...fields } = await run('ListRepository', {
        ...asked,
        PageNo: String(page),
        PageSize: '3',
      })
      expect({ TotalCount, ...fields }).toEqual({ TotalCount: '6', PageNo: page, PageSize: 3 })
      read.push(...Repositories.map(({ RepoName }) => RepoName))
      isFull = Repositories.length === 3
      expect(page).toBeLessThan(4)
    }
    expect(read).toEqual(names)

    const walked: unknown[] = []
    for (let NextToken = '', isLast = false; !isLast; isLast = NextToken === '') {
      const answer = await run('ListRepository', { ...asked, MaxResults: '4', NextToken })
      expect(answer).toMatchObject({ MaxResults: 4, TotalCount: '6' })
      walked.push(...answer.Repositories.map(({ RepoName }) => RepoName))
      NextToken = answer.NextToken
    }
    expect(walked).toEqual(names)
    expect((await run('ListRepository', asked))['PageSize']).toBe(30)
  })

  test.each([
    ['BAD_REQUEST PageNo', { PageNo: '0' }],
    ['BAD_REQUEST PageNo', { PageNo: '-1' }],
    ['BAD_REQUEST PageNo', { PageNo: '1.5' }],
    ['BAD_REQUEST PageNo', { PageNo: '99999999999999999999' }],
    ['BAD_REQUEST PageSize', { PageSize: '101' }],
    ['BAD_REQUEST MaxResults', { MaxResults: '101' }],
    ['BAD_REQUEST RepoStatus', { RepoStatus: 'GONE' }],
    ['PAGE_INVALID NextToken', { NextToken: 'nobody' }],
    ['NOT_FOUND instance', { InstanceId: 'cri-nobody' }],
  ])('%s for %o', async (expected, wrong: AcrParameters) => {
    expect(await outcomeOf(run('ListRepository', { InstanceId, ...wrong }))).toBe(expected)
  })
})
