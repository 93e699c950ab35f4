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
const make = (NamespaceName: string, more: AcrParameters = {}) =>
  run('CreateNamespace', { InstanceId, NamespaceName, ...more })
const get = (more: AcrParameters) => run('GetNamespace', { InstanceId, ...more })
const shown = async (NamespaceName: string) => {
  const { AutoCreateRepo, DefaultRepoType, DefaultRepoConfiguration } = await get({ NamespaceName })
  const { RepoType, TagImmutability } = DefaultRepoConfiguration as Readonly<Record<string, unknown>>
  expect(RepoType).toBe(DefaultRepoType)
  return [AutoCreateRepo, RepoType, TagImmutability]
}

describe('CreateNamespace', () => {
  test('makes one that GetNamespace shows, by its id and by its name', async () => {
    await make('shop', { AutoCreateRepo: 'True', DefaultRepoType: 'PUBLIC' })
    const found = await get({ NamespaceName: 'shop' })
    expect(found).toMatchObject({ InstanceId, NamespaceName: 'shop', AutoCreateRepo: true, DefaultRepoType: 'PUBLIC' })
    expect(await get({ NamespaceId: String(found['NamespaceId']) })).toEqual(found)
  })

  test.each([
    [[false, 'PRIVATE', false], {}],
    [[false, 'PRIVATE', false], { AutoCreateRepo: '', DefaultRepoType: '', DefaultRepoConfiguration: '' }],
    [[false, 'PUBLIC', false], { DefaultRepoConfiguration: '{"RepoType":"PUBLIC"}' }],
    [[false, 'PRIVATE', true], { DefaultRepoConfiguration: '{"TagImmutability":true}' }],
    [[false, 'PRIVATE', true], { DefaultRepoConfiguration: '{"TagImmutability":"True"}' }],
    [[false, 'PRIVATE', false], { DefaultRepoConfiguration: '{"TagImmutability":null,"RepoType":null}' }],
    [
      [true, 'PUBLIC', true],
      {
        AutoCreateRepo: 'true',
        DefaultRepoType: 'PUBLIC',
        DefaultRepoConfiguration:
          '{"RepoType":"PUBLIC","TagImmutability":true,"ArtifactBuildRuleParameters":{"ImageIndexOnly":true},"New":1}',
      },
    ],
  ])('gives %o for %o', async (expected, settings: AcrParameters) => {
    await make('shop', settings)
    expect(await shown('shop')).toEqual(expected)
  })

  test.each([
    ['BAD_REQUEST NamespaceName', { NamespaceName: 'Shop' }],
    ['BAD_REQUEST NamespaceName', { NamespaceName: '' }],
    ['BAD_REQUEST NamespaceName', { NamespaceName: 'a/b' }],
    ['BAD_REQUEST AutoCreateRepo', { AutoCreateRepo: 'on' }],
    ['BAD_REQUEST DefaultRepoType', { DefaultRepoType: 'SECRET' }],
    ['BAD_REQUEST DefaultRepoConfiguration', { DefaultRepoConfiguration: '{' }],
    ['BAD_REQUEST DefaultRepoConfiguration', { DefaultRepoConfiguration: 'null' }],
    ['BAD_REQUEST DefaultRepoConfiguration', { DefaultRepoConfiguration: '[]' }],
    ['BAD_REQUEST DefaultRepoConfiguration.RepoType', { DefaultRepoConfiguration: '{"RepoType":1}' }],
    ['BAD_REQUEST DefaultRepoConfiguration.TagImmutability', { DefaultRepoConfiguration: '{"TagImmutability":1}' }],
    ['BAD_REQUEST DefaultRepoType', { DefaultRepoType: 'PUBLIC', DefaultRepoConfiguration: '{"RepoType":"PRIVATE"}' }],
    ['ALREADY_EXISTS namespace', { NamespaceName: 'team' }],
    ['NOT_FOUND instance', { InstanceId: 'cri-nobody' }],
  ])('%s for %o', async (expected, wrong: AcrParameters) => {
    expect(await outcomeOf(make('new', wrong))).toBe(expected)
  })
})

test('UpdateNamespace changes what it names and leaves the rest, and the repositories that are there', async () => {
  await make('shop', { AutoCreateRepo: 'true', DefaultRepoType: 'PUBLIC' })
  const { RepoId } = await run('CreateRepository', { InstanceId, RepoNamespaceName: 'shop', RepoName: 'web' })
  const update = (more: AcrParameters) => run('UpdateNamespace', { InstanceId, NamespaceName: 'shop', ...more })
  await update({ DefaultRepoConfiguration: '{"TagImmutability":true}' })
  expect(await shown('shop')).toEqual([true, 'PUBLIC', true])
  await update({ AutoCreateRepo: 'false' })
  expect(await shown('shop')).toEqual([false, 'PUBLIC', true])
  await update({ DefaultRepoType: 'PRIVATE' })
  expect(await shown('shop')).toEqual([false, 'PRIVATE', true])
  const repository = await run('GetRepository', { InstanceId, RepoId })
  expect(repository).toMatchObject({ RepoType: 'PUBLIC', TagImmutability: false })
})

test.each([
  ['NOT_FOUND namespace', { NamespaceName: 'nobody' }],
  ['NOT_FOUND instance', { InstanceId: 'cri-nobody', NamespaceName: 'team' }],
  ['BAD_REQUEST NamespaceName', {}],
  ['BAD_REQUEST NamespaceName', { NamespaceName: '\0' }],
])('a namespace that is not there is told: %s for %o', async (expected, names: AcrParameters) => {
  for (const name of ['GetNamespace', 'UpdateNamespace', 'DeleteNamespace']) {
    expect(await outcomeOf(run(name, { InstanceId, ...names }))).toBe(expected)
  }
})

test.each([
  ['NOT_FOUND namespace', { NamespaceId: 'crn-nobody' }],
  ['NOT_FOUND namespace', { NamespaceId: ids.besideTeam }],
  ['BAD_REQUEST NamespaceName', { NamespaceId: ids.team, NamespaceName: 'other' }],
])('also by its id: %s for %o', async (expected, names: AcrParameters) => {
  expect(await outcomeOf(get(names))).toBe(expected)
})

describe('ListNamespace', () => {
  test('has pages, of which one after the last is empty, and finds a name as a whole', async () => {
    for (let index = 0; index < 5; index += 1) await make(`many-${index}`)
    const list = (more: AcrParameters) => run('ListNamespace', { InstanceId, ...more })
    const { TotalCount, Namespaces } = await list({})
    expect(TotalCount).toBe(String(Namespaces.length))
    const names = Namespaces.map(({ NamespaceName }) => NamespaceName)
    expect(names).toContain('many-4')
    const read: unknown[] = []
    for (let page = 1; page <= names.length + 1; page += 1) {
      const answer = await list({ PageNo: String(page), PageSize: '1' })
      expect(answer).toMatchObject({ PageNo: page, PageSize: 1, TotalCount })
      read.push(...answer.Namespaces.map(({ NamespaceName }) => NamespaceName))
    }
    expect(read).toEqual(names)

    expect(await list({ NamespaceName: 'many-3' })).toMatchObject({ TotalCount: '1' })
    expect(await list({ NamespaceName: 'many' })).toMatchObject({ TotalCount: '0', Namespaces: [] })
    expect(await list({ NamespaceStatus: 'NORMAL' })).toMatchObject({ TotalCount })
    expect(await list({ NamespaceStatus: 'DELETING' })).toMatchObject({ TotalCount: '0', Namespaces: [] })
    expect(await outcomeOf(list({ InstanceId: 'cri-nobody' }))).toBe('NOT_FOUND instance')
  })
})

describe('DeleteNamespace', () => {
  const paths = async () =>
    (await api.ctx.db.prisma.repository.findMany({ where: { instanceId: InstanceId } })).map(({ path }) => path)

  test('deletes a namespace with all its repositories, of which each is recorded', async () => {
    await make('shop')
    for (let index = 0; index < 105; index += 1) {
      await run('CreateRepository', { InstanceId, RepoNamespaceName: 'shop', RepoName: `repository-${index}` })
    }
    const { prisma } = api.ctx.db
    const deleted = () => prisma.auditEvent.count({ where: { action: 'DELETE', targetType: 'REPOSITORY' } })
    const before = await deleted()
    await run('DeleteNamespace', { InstanceId, NamespaceName: 'shop' })
    expect((await deleted()) - before).toBe(105)
    expect(await outcomeOf(get({ NamespaceName: 'shop' }))).toBe('NOT_FOUND namespace')
    expect((await paths()).filter((path) => path.startsWith('shop/'))).toEqual([])
    expect(await paths()).toContain('team/open')
  })

  test('deletes nothing where one of its repositories has immutable tags, also for administrators', async () => {
    await run('UpdateRepository', { InstanceId, RepoId: ids.open, TagImmutability: 'false' })
    await run('UpdateRepository', { InstanceId, RepoId: ids.closed, TagImmutability: 'true' })
    const before = await paths()
    const deletion = run('DeleteNamespace', { InstanceId, NamespaceName: 'team' })
    await expect(deletion).rejects.toMatchObject({
      code: 'REPOSITORY_PROTECTED',
      message: expect.stringMatching(/immutable tags: team\/closed\. Set TagImmutability to false/) as string,
    })
    expect(await paths()).toEqual(before)
  })

  test('deletes repositories whose tags are all exempt', async () => {
    const { prisma } = api.ctx.db
    await prisma.repository.updateMany({ data: { immutabilityMode: 'enforce', exemptTags: 'v*' } })
    await run('DeleteNamespace', { InstanceId, NamespaceName: 'team' })
    expect((await paths()).filter((path) => path.startsWith('team/'))).toEqual([])
  })
})
