import { repository } from '@/lib/api/schemas/repositories'
import { expect, pushImage, test as base, uniqueName } from '../fixtures'
import { type Parameters, Sdk } from './sdk'

/*
 * Terraform's provider aliyun/alicloud cannot be built from what a package registry serves, so it does not run here.
 * Its own two client packages do, with the calls and the parameters of version 1.289.0: namespaces
 * (resource_alicloud_cr_ee_namespace.go) and the deletion of repositories by the classic SDK, all else of repositories
 * (resource_alicloud_cr_ee_repo.go, service_alicloud_cr_v2.go) by tea-rpc. docs/acr-api.md says what was seen of the
 * provider itself.
 */
const test = base.extend<{ classic: Sdk; rpc: Sdk }>({
  classic: async ({ server }, use) => {
    const sdk = new Sdk('Go services/cr_ee', server)
    await use(sdk)
    await sdk.stop()
  },
  rpc: async ({ server }, use) => {
    const sdk = new Sdk('Go tea-rpc', server)
    await use(sdk)
    await sdk.stop()
  },
})

const RegionId = 'cn-hangzhou'

test('Terraform’s calls create, read, change, import, find drift of and destroy a namespace and a repository', async ({
  api,
  classic,
  rpc,
  server,
}) => {
  const { id: InstanceId } = await api.defaultInstance()
  const NamespaceName = uniqueName('terraform')
  const namespace = { RegionId, InstanceId, NamespaceName }
  const done = { IsSuccess: true, Code: 'success' }
  // What is read into the state of a resource. `import` reads the same, by the id that is typed.
  const readNamespace = (id: string) => {
    const [instance = '', name = ''] = id.split(':')
    return classic.call('GetNamespace', { RegionId, InstanceId: instance, NamespaceName: name })
  }
  const readRepository = (id: string) => {
    const [instance = '', RepoNamespaceName = '', RepoName = ''] = id.split(':')
    return rpc.call('GetRepository', { RegionId, InstanceId: instance, RepoNamespaceName, RepoName })
  }
  const namespaceId = `${InstanceId}:${NamespaceName}`
  const repositoryId = `${namespaceId}:web`

  expect(
    await classic.call('CreateNamespace', { ...namespace, AutoCreateRepo: false, DefaultRepoType: 'PRIVATE' }),
  ).toMatchObject(done)
  const settings = { RepoType: 'PRIVATE', Summary: 'The shop’s web & API *~!', Detail: '# Web' }
  expect(
    await rpc.call('CreateRepository', {
      ...{ RegionId, InstanceId, RepoNamespaceName: NamespaceName, RepoName: 'web' },
      ...{ ...settings, TagImmutability: true },
    }),
  ).toMatchObject(done)

  expect(await readNamespace(namespaceId)).toMatchObject({
    ...{ InstanceId, NamespaceName, AutoCreateRepo: false, DefaultRepoType: 'PRIVATE' },
  })
  const created = await readRepository(repositoryId)
  expect(created).toMatchObject({
    ...{ InstanceId, RepoNamespaceName: NamespaceName, RepoName: 'web' },
    ...{ ...settings, TagImmutability: true },
  })
  const RepoId = created['RepoId'] as string

  // A plan is empty when nothing that was read differs from what is wanted.
  const wanted = { ...settings, Summary: 'Changed', TagImmutability: false }
  const change = (all: Parameters) => rpc.call('UpdateRepository', { RegionId, InstanceId, RepoId, ...all })
  expect(await change(wanted)).toMatchObject(done)
  expect(await readRepository(repositoryId)).toMatchObject(wanted)
  expect(
    await classic.call('UpdateNamespace', { ...namespace, AutoCreateRepo: true, DefaultRepoType: 'PUBLIC' }),
  ).toMatchObject(done)
  expect(await readNamespace(namespaceId)).toMatchObject({ AutoCreateRepo: true, DefaultRepoType: 'PUBLIC' })

  await api.send('PATCH', `/repositories/${RepoId}`, repository, { tagImmutability: true, type: 'PUBLIC' })
  expect(await readRepository(repositoryId)).toMatchObject({ ...wanted, TagImmutability: true, RepoType: 'PUBLIC' })

  // Terraform destroys no immutable tags: the configuration says that they may go first.
  await pushImage(server, `${NamespaceName}/web`, 'v1')
  const destroy = () => classic.call('DeleteRepository', { RegionId, InstanceId, RepoId })
  await expect(destroy()).rejects.toMatchObject({
    code: 'REPOSITORY_PROTECTED',
    message: expect.stringContaining('Set TagImmutability to false first'),
  })
  expect(await change(wanted)).toMatchObject(done)
  expect(await destroy()).toMatchObject(done)
  // The provider reads again until it is gone, and takes a resource that is gone out of its state.
  await expect(readRepository(repositoryId)).rejects.toMatchObject({ code: 'REPO_NOT_EXIST' })
  await expect(destroy()).rejects.toMatchObject({ code: 'REPO_NOT_EXIST' })
  expect(await classic.call('DeleteNamespace', namespace)).toMatchObject(done)
  await expect(readNamespace(namespaceId)).rejects.toMatchObject({ code: 'NAMESPACE_NOT_EXIST' })
  await expect(classic.call('DeleteNamespace', namespace)).rejects.toMatchObject({ code: 'NAMESPACE_NOT_EXIST' })
})
