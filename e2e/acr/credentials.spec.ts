import { robotWithSecret } from '@/lib/api/schemas/robots'
import { expect, pushImage, test as base, uniqueName } from '../fixtures'
import type { ServerInfo } from '../server'
import { Sdk } from './sdk'

const test = base.extend<{ openSdk: (accessKey: ServerInfo['accessKey']) => Sdk }>({
  openSdk: async ({ server }, use) => {
    const opened: Sdk[] = []
    await use((accessKey) => {
      const sdk = new Sdk('Go cr-20181201/v2', { ...server, accessKey })
      opened.push(sdk)
      return sdk
    })
    for (const sdk of opened) await sdk.stop()
  },
})

test('docker logs on with the user and the token of GetAuthorizationToken, and pulls', async ({
  api,
  docker,
  openSdk,
  server,
}) => {
  const { instanceId: InstanceId, namespace, name } = await api.createRepository()
  await pushImage(server, `${namespace}/${name}`, 'v1')
  const token = await openSdk(server.accessKey).call('GetAuthorizationToken', { InstanceId })
  expect(token).toMatchObject({ TempUsername: 'cr_temp_user' })
  expect(token['ExpireTime']).toBeGreaterThan(Date.now())

  const password = token['AuthorizationToken'] as string
  await docker.run(['login', '--username', 'cr_temp_user', '--password-stdin', server.registry], password)
  await docker.run(['manifest', 'inspect', '--insecure', `${server.registry}/${namespace}/${name}:v1`])
})

test('a robot signs with its ID and secret, and may do what it is granted', async ({ api, openSdk, server }) => {
  const { id: RepoId, instanceId: InstanceId, namespace, name } = await api.createRepository()
  await pushImage(server, `${namespace}/${name}`, 'v1')
  const robot = await api.send('POST', `/instances/${InstanceId}/robots`, robotWithSecret, {
    name: uniqueName('robot'),
    grants: [{ scopeId: RepoId, permission: 'PUSH' }],
  })
  const sdk = openSdk(robot)
  expect(await sdk.call('ListRepoTag', { InstanceId, RepoId })).toMatchObject({ Images: [{ Tag: 'v1' }] })
  const change = sdk.call('UpdateRepository', { InstanceId, RepoId, TagImmutability: true })
  await expect(change).rejects.toMatchObject({ code: 'NoPrivilege' })
  const wrong = openSdk({ id: robot.id, secret: server.accessKey.secret }).call('ListRepoTag', { InstanceId, RepoId })
  await expect(wrong).rejects.toMatchObject({ code: 'SignatureDoesNotMatch' })
})
