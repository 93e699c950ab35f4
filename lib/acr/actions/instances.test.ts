import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { regions } from '@/lib/domain/regions'
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

const run = (name: string, parameters: AcrParameters = {}, by = admin, host?: string) =>
  runAction(api.ctx, by, name, parameters, host)

test('an instance is shown with times as numbers, and in the list as texts', async () => {
  const { CreateTime, ModifiedTime, ...shown } = await run('GetInstance', { InstanceId })
  expect(shown).toMatchObject({
    InstanceId,
    InstanceName: 'main',
    InstanceSpecification: 'Enterprise_Basic',
    InstanceStatus: 'RUNNING',
  })
  const { Instances, ...others } = await run('ListInstance')
  expect(others).toEqual({ PageNo: 1, PageSize: 30, TotalCount: 3 })
  expect(Instances).toContainEqual({
    ...shown,
    RegionId: 'cn-hangzhou',
    CreateTime: String(CreateTime),
    ModifiedTime: String(ModifiedTime),
  })
})

describe('ListInstance', () => {
  test.each([
    [['beside', 'empty', 'main'], {}],
    [['beside', 'empty', 'main'], { InstanceStatus: 'RUNNING' }],
    [[], { InstanceStatus: 'STOPPED' }],
    [['main'], { InstanceName: 'main' }],
    [[], { InstanceName: 'mai' }],
    [['beside', 'empty'], { PageSize: '2' }],
    [['main'], { PageSize: '2', PageNo: '2' }],
    [[], { PageSize: '2', PageNo: '3' }],
    [[], { PageSize: '3', PageNo: '2' }],
    [['beside', 'empty', 'main'], { RegionId: 'cn-beijing' }],
  ])('shows %o for %o', async (expected, parameters: AcrParameters) => {
    const { Instances } = await run('ListInstance', parameters)
    expect(Instances.map(({ InstanceName }) => InstanceName)).toEqual(expected)
  })

  test('and the count are of the instances that the caller may see', async () => {
    const none = acrCaller('none')
    expect(await run('ListInstance', {}, none)).toMatchObject({ TotalCount: 1, Instances: [{ InstanceName: 'main' }] })
    expect(await run('GetInstanceCount', {}, none)).toEqual({ Count: 1 })
    expect(await run('GetInstanceCount')).toEqual({ Count: 3 })
  })
})

test('GetInstanceUsage counts what the caller may see', async () => {
  expect(await run('GetInstanceUsage', { InstanceId })).toMatchObject({ NamespaceUsage: '3', RepoUsage: '3' })
  const ofPuller = await run('GetInstanceUsage', { InstanceId }, acrCaller('pull-repository'))
  expect(ofPuller).toMatchObject({ NamespaceUsage: '1', RepoUsage: '2' })
})

test('ListInstanceRegion names the regions in both languages', async () => {
  const list = async (Lang: string) => {
    const { Regions } = await run('ListInstanceRegion', { Lang })
    return Regions as readonly { readonly RegionId: string; readonly LocalName: string }[]
  }
  for (const [lang, hangzhou] of [
    ['', 'China (Hangzhou)'],
    ['en-US', 'China (Hangzhou)'],
    ['zh-CN', '华东1（杭州）'],
  ] as const) {
    const shown = await list(lang)
    expect(shown.map(({ RegionId }) => RegionId)).toEqual(regions.map(({ id }) => id))
    expect(shown.find(({ RegionId }) => RegionId === 'cn-hangzhou')?.LocalName).toBe(hangzhou)
  }
})

describe('the addresses of an instance', () => {
  const internet = { Domain: 'main-registry.cn-hangzhou.localhost:3000', Type: 'SYSTEM' }
  const vpc = 'main-registry-vpc.cn-hangzhou.localhost:3000'
  const here = { Domain: 'localhost:3000', Type: 'USER' }

  test('are that of its name and, for the default instance, that of the request', async () => {
    const shown = await run('GetInstanceEndpoint', { InstanceId, EndpointType: 'internet' })
    expect(shown).toMatchObject({ Enable: true, Status: 'RUNNING', AclEnable: false, Domains: [internet, here] })
    const { Domains } = await run('GetInstanceEndpoint', { InstanceId }, admin, internet.Domain)
    expect(Domains).toEqual([internet])
    const beside = await run('GetInstanceEndpoint', { InstanceId: ids.besideInstance })
    expect(beside['Domains']).toEqual([{ ...internet, Domain: internet.Domain.replace('main', 'beside') }])
  })

  test('are listed with that for private networks', async () => {
    const { Endpoints } = await run('ListInstanceEndpoint', { InstanceId, Summary: 'true' })
    expect(Endpoints).toMatchObject([
      { EndpointType: 'internet', Enable: true, Domains: [internet, here] },
      { EndpointType: 'vpc', Enable: true, Domains: [{ Domain: vpc, Type: 'SYSTEM' }], LinkedVpcs: [] },
    ])
    const shown = await run('GetInstanceVpcEndpoint', { InstanceId })
    expect(shown).toEqual({ ModuleName: 'Registry', Enable: true, Domains: [vpc], LinkedVpcs: [] })
  })

  test('are none for charts, which are with the images', async () => {
    const ModuleName = 'Chart'
    const none = { Enable: false, Domains: [] }
    expect(await run('GetInstanceEndpoint', { InstanceId, ModuleName })).toMatchObject(none)
    expect(await run('GetInstanceVpcEndpoint', { InstanceId, ModuleName })).toMatchObject(none)
    const { Endpoints } = await run('ListInstanceEndpoint', { InstanceId, ModuleName })
    expect(Endpoints).toMatchObject([none, none])
  })
})

test('instances have no tags', async () => {
  const asked = { ResourceType: 'Instance', 'ResourceId.1': InstanceId }
  expect(await run('ListTagResources', asked)).toEqual({ NextToken: '', TagResources: { TagResource: [] } })
})

test.each([
  ['NOT_FOUND instance', { InstanceId: 'cri-nobody' }],
  ['NOT_FOUND instance', { InstanceId: 'not an id' }],
  ['BAD_REQUEST InstanceId', { InstanceId: '' }],
  ['BAD_REQUEST InstanceId', {}],
  ['BAD_REQUEST InstanceId', { InstanceId: '\0' }],
])('%s for %o', async (expected, parameters: AcrParameters) => {
  const names = ['GetInstance', 'GetInstanceUsage', 'GetInstanceEndpoint', 'ListInstanceEndpoint']
  for (const name of [...names, 'GetInstanceVpcEndpoint', 'ResetLoginPassword', 'GetAuthorizationToken']) {
    expect(await outcomeOf(run(name, { Password: 'password-1', ...parameters }))).toBe(expected)
  }
})
