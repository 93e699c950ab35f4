import { expect, test as base, uniqueName } from '../fixtures'
import { type Parameters, Sdk, type SdkName, sdks } from './sdk'

const refusal = 'The requested tag already exists and cannot be overwritten.'

const test = base.extend<{ openSdk: (name: SdkName) => Sdk; push: (target: string) => Promise<string> }>({
  openSdk: async ({ server }, use) => {
    const opened: Sdk[] = []
    await use((name) => {
      const sdk = new Sdk(name, server)
      opened.push(sdk)
      return sdk
    })
    for (const sdk of opened) await sdk.stop()
  },

  // Pushes an image that no other call pushes; resolves with what docker printed, of a failure too.
  push: async ({ docker, server }, use) => {
    const { name, password } = server.admin
    await docker.run(['login', '--username', name, '--password-stdin', server.registry], password)
    await use(async (target) => {
      const image = await docker.importImage(uniqueName('content'))
      await docker.run(['tag', image, target])
      const { stdout, stderr } = await docker.attempt(['push', target])
      return stdout + stderr
    })
  },
})

const done = expect.objectContaining({ Code: 'success', IsSuccess: true, RequestId: expect.any(String) })

for (const name of Object.keys(sdks) as SdkName[]) {
  test(`${name} makes a repository, makes its tags immutable and mutable again, and deletes it`, async ({
    api,
    openSdk,
    push,
    server,
  }) => {
    const sdk = openSdk(name)
    const { id: InstanceId } = await api.defaultInstance()
    const call = (action: string, parameters: Parameters) => sdk.call(action, { InstanceId, ...parameters })
    const NamespaceName = uniqueName('acr')
    const target = `${server.registry}/${NamespaceName}/web:v1`

    expect(await call('CreateNamespace', { NamespaceName, AutoCreateRepo: false, DefaultRepoType: 'PRIVATE' })).toEqual(
      done,
    )
    const created = await call('CreateRepository', {
      RepoNamespaceName: NamespaceName,
      RepoName: 'web',
      RepoType: 'PRIVATE',
      // What clients encode in different ways.
      Summary: "hello world & ü (it's) *~!+%20",
    })
    expect(created).toEqual(done)
    const RepoId = created['RepoId'] as string
    const setImmutable = (TagImmutability: boolean) =>
      call('UpdateRepository', { RepoId, RepoType: 'PRIVATE', Summary: 'changed', TagImmutability })
    const listTags = () => call('ListRepoTag', { RepoId, PageNo: 1, PageSize: 30 })
    const listed = async () => ((await listTags())['Images'] as { Digest: string }[])[0]?.Digest

    expect(await call('GetRepository', { RepoId })).toMatchObject({
      InstanceId,
      RepoId,
      RepoNamespaceName: NamespaceName,
      RepoName: 'web',
      RepoType: 'PRIVATE',
      RepoStatus: 'NORMAL',
      Summary: "hello world & ü (it's) *~!+%20",
    })
    expect(await push(target)).toContain('v1: digest: sha256:')

    expect(await setImmutable(true)).toEqual(done)
    expect(await push(target)).toContain(refusal)
    const tags = await listTags()
    expect(tags).toMatchObject({ TotalCount: '1', PageNo: 1, PageSize: 30, Images: [{ Tag: 'v1', Status: 'NORMAL' }] })
    const first = await listed()

    expect(await setImmutable(false)).toEqual(done)
    const pushed = await push(target)
    expect(pushed).toContain('v1: digest: sha256:')
    expect(await listed()).not.toBe(first)
    expect(pushed).toContain(await listed())

    expect(await call('DeleteRepository', { RepoId })).toEqual(done)
    await expect(call('GetRepository', { RepoId })).rejects.toMatchObject({ code: 'REPO_NOT_EXIST' })
    expect(await call('DeleteNamespace', { NamespaceName })).toEqual(done)
  })
}
