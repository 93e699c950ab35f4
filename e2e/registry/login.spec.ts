import { type RobotView, robotWithSecret } from '@/lib/api/schemas/robots'
import { temporaryTokenWithSecret } from '@/lib/api/schemas/credentials'
import { type UserView, user } from '@/lib/api/schemas/users'
import { Api, basic, userPassword } from '../api'
import type { CommandResult } from '../clients/command-line'
import type { HomeClient } from '../clients/go-clients'
import { cranePusher, dockerPusher, podmanPusher, type Pusher, skopeoPusher } from '../clients/pushers'
import { expect, test, uniqueName } from '../fixtures'
import type { ServerInfo } from '../server'
import { send } from './http'

/** A person's task with a client: log on, push, pull, log off. */
interface Client {
  /** Resolves however it ends. */
  logIn(registry: string, credential: Credential): Promise<CommandResult>
  /** Pushes something new; resolves however it ends. */
  push(registry: string, path: string): Promise<CommandResult>
  /** Pulls what was pushed there; resolves however it ends. */
  pull(registry: string, path: string): Promise<CommandResult>
  logOut(registry: string): Promise<unknown>
  /**
   * What tells a person why a credential is refused; resolves however it ends. Not every client does when it logs on:
   * crane asks nothing then, and podman and skopeo keep the registry's words to themselves.
   */
  explain(registry: string, path: string, credential: Credential): Promise<CommandResult>
}

interface Credential {
  readonly name: string
  readonly password: string
}

const insecure = '--tls-verify=false'

/** For the clients that the other specs push with. */
function clientOf(pusher: Pusher, commands: Pick<Client, 'logIn' | 'logOut'> & Partial<Client>): Client {
  return {
    explain: (registry, _, credential) => commands.logIn(registry, credential),
    ...commands,
    push: async (registry, path) =>
      pusher.push(await pusher.makeImage(uniqueName('content')), `${registry}/${path}:v1`),
    pull: (registry, path) =>
      pusher.pull(`${registry}/${path}:v1`).then(
        (stdout) => ({ code: 0, stdout, stderr: '' }),
        (error: unknown) => ({ code: 1, stdout: '', stderr: String(error) }),
      ),
  }
}

function helmClient(helm: HomeClient): Client {
  const plain = '--plain-http'
  const logIn: Client['logIn'] = (registry, { name, password }) =>
    helm.attempt(['registry', 'login', plain, '--username', name, '--password-stdin', registry], password)
  return {
    logIn,
    explain: (registry, _, credential) => logIn(registry, credential),
    // A chart is pushed to the path that its name is the end of.
    async push(registry, path) {
      const [namespace = '', name = ''] = path.split('/')
      await helm.run(['create', name])
      await helm.run(['package', '--version', '1.0.0', name])
      return helm.attempt(['push', plain, `${name}-1.0.0.tgz`, `oci://${registry}/${namespace}`])
    },
    pull: (registry, path) => helm.attempt(['pull', plain, '--version', '1.0.0', `oci://${registry}/${path}`]),
    logOut: (registry) => helm.attempt(['registry', 'logout', registry]),
  }
}

const stdin = ['--password-stdin']

const tests = {
  docker: test.extend<{ client: Client }>({
    client: async ({ docker }, use) =>
      use(
        clientOf(dockerPusher(docker), {
          logIn: (registry, { name, password }) =>
            docker.attempt(['login', '--username', name, ...stdin, registry], password),
          logOut: (registry) => docker.run(['logout', registry]),
        }),
      ),
  }),
  podman: test.extend<{ client: Client }>({
    client: async ({ podman }, use) =>
      use(
        clientOf(podmanPusher(podman), {
          logIn: (registry, { name, password }) =>
            podman.attempt(['login', insecure, '--username', name, ...stdin, registry], password),
          async explain(registry, path, { name, password }) {
            const image = await podman.importImage(uniqueName('content'))
            return podman.attempt(['push', insecure, '--creds', `${name}:${password}`, image, `${registry}/${path}:v1`])
          },
          logOut: (registry) => podman.run(['logout', registry]),
        }),
      ),
  }),
  skopeo: test.extend<{ client: Client }>({
    client: async ({ skopeo }, use) =>
      use(
        clientOf(skopeoPusher(skopeo), {
          logIn: (registry, { name, password }) =>
            skopeo.attempt(['login', insecure, '--username', name, ...stdin, registry], password),
          explain: (registry, path, { name, password }) =>
            skopeo.attempt(['inspect', insecure, '--creds', `${name}:${password}`, `docker://${registry}/${path}:v1`]),
          logOut: (registry) => skopeo.run(['logout', registry]),
        }),
      ),
  }),
  crane: test.extend<{ client: Client }>({
    client: async ({ crane }, use) =>
      use(
        clientOf(cranePusher(crane), {
          logIn: (registry, { name, password }) =>
            crane.attempt(['auth', 'login', '--username', name, ...stdin, registry], password),
          async explain(registry, path, { name, password }) {
            await crane.run(['auth', 'login', '--username', name, ...stdin, registry], password)
            return crane.attempt(['manifest', `${registry}/${path}:v1`])
          },
          logOut: (registry) => crane.run(['auth', 'logout', registry]),
        }),
      ),
  }),
  helm: test.extend<{ client: Client }>({ client: async ({ helm }, use) => use(helmClient(helm)) }),
}

for (const [name, clientTest] of Object.entries(tests)) {
  clientTest.describe(name, () => {
    for (const [what, make] of [
      ['a registry password', createMember],
      ["a robot's secret", createRobot],
      ['a temporary token', createTemporaryToken],
    ] as const) {
      clientTest(`logs on with ${what}, pushes, pulls, and logs off`, async ({ api, client, server }) => {
        const { id, path } = await createRepository(api)
        const credential = await make(api, server, id)
        expectDone(await client.logIn(server.registry, credential))
        expectDone(await client.push(server.registry, path))
        expectDone(await client.pull(server.registry, path))
        await client.logOut(server.registry)
        expect((await client.pull(server.registry, path)).code).not.toBe(0)
      })
    }

    for (const [what, make, reason] of [
      ['a wrong password', createWrong, 'incorrect user name or password'],
      ['a disabled user', createDisabledMember, /the user user-[0-9a-f]+ is disabled/],
      ['a disabled robot', createDisabledRobot, /the robot robot\+robot-[0-9a-f]+ is disabled/],
      ['an expired robot', createExpiredRobot, /the robot's credential expired on \d{4}-\d{2}-\d{2}/],
      ['a revoked temporary token', createRevokedToken, 'the temporary token was revoked'],
    ] as const) {
      clientTest(`is refused with ${what}, and says why`, async ({ api, client, server }) => {
        const { id, path } = await createRepository(api)
        const credential = await make(api, server, id)
        const { code, stdout, stderr } = await client.explain(server.registry, path, credential)
        expect(code).not.toBe(0)
        expect(stdout + stderr).toMatch(reason)
        expect(stdout + stderr).not.toContain(credential.password)
        // Nothing is kept of a refused log-on, so this is the same for each reason; docker takes a minute for it.
        if (make !== createWrong) return
        await client.logIn(server.registry, credential)
        expect((await client.push(server.registry, path)).code).not.toBe(0)
      })
    }
  })
}

tests.docker(
  'docker keeps the credential where every reader of its configuration finds it, until a new password',
  async ({ api, client, docker, server }) => {
    const { id, path } = await createRepository(api)
    const member = await createMember(api, server, id)
    expectDone(await client.logIn(server.registry, member))
    const { auths } = JSON.parse(await docker.readConfig()) as { auths: Record<string, Record<string, string>> }
    // As kubelet reads a pull secret of type kubernetes.io/dockerconfigjson, and Jib, oras-py and Testcontainers do.
    const kept = auths[server.registry]
    expect(Object.keys(kept ?? {})).toEqual(['auth'])
    expect(Buffer.from(kept?.['auth'] ?? '', 'base64').toString()).toBe(`${member.name}:${member.password}`)
    const answer = await send(server, 'GET', `/v2/${path}/tags/list`, {
      headers: { authorization: `Basic ${kept?.['auth']}` },
    })
    expect(answer.status).toBe(200)
    expectDone(await client.push(server.registry, path))

    await setPassword(server, member.name, 'another-password-2')

    const { code, stdout, stderr } = await client.push(server.registry, path)
    expect(code).not.toBe(0)
    expect(stdout + stderr).toMatch(/unauthorized|authentication required|denied/)
  },
)

tests.skopeo(
  'nothing of a credential is ever logged, nor of the tokens that it gets',
  async ({ client, startPrivateServer }) => {
    const server = await startPrivateServer({ env: { STELE_LOG_LEVEL: 'debug' } })
    const api = new Api(server)
    const { id, path } = await createRepository(api)
    const secrets: string[] = []
    for (const make of [createMember, createRobot, createTemporaryToken, createRevokedToken, createWrong]) {
      const credential = await make(api, server, id)
      const { name, password } = credential
      await client.logIn(server.registry, credential)
      await client.push(server.registry, path)
      const headers = { authorization: basic(name, password) }
      await send(server, 'GET', '/v2/token?offline_token=true&account=x', { headers })
      const headersOfForm = { 'content-type': 'application/x-www-form-urlencoded', authorization: undefined }
      const post = (fields: Record<string, string>) => {
        const body = Buffer.from(new URLSearchParams(fields).toString())
        return send(server, 'POST', '/v2/token', { headers: headersOfForm, body })
      }
      const answer = await post({ grant_type: 'password', username: name, password, access_type: 'offline' })
      const tokens = JSON.parse(answer.body.toString()) as { token?: string; refresh_token?: string }
      const { token = 'no.such-token.here-is', refresh_token: refreshToken = 'no-refresh-token' } = tokens
      await send(server, 'GET', '/v2/', { headers: { authorization: `Bearer ${token}` } })
      await post({ grant_type: 'refresh_token', refresh_token: refreshToken })
      await send(server, 'GET', `/v2/token?password=${password}&scope=x`, { headers })
      secrets.push(password, Buffer.from(`${name}:${password}`).toString('base64'), refreshToken, token)
      secrets.push(...token.split('.').slice(1))
    }
    await expect.poll(() => server.output()).toContain('/v2/token')
    for (const secret of secrets) expect(server.output()).not.toContain(secret)
    expect(server.output()).not.toMatch(/authorization|bearer ey/i)
  },
)

async function createRepository(api: Api): Promise<{ id: string; path: string }> {
  const { id, namespace, name } = await api.createRepository()
  return { id, path: `${namespace}/${name}` }
}

/** A member with a registry password, who may push to the repository. */
async function createMember(api: Api, server: ServerInfo, repositoryId: string): Promise<Credential> {
  const { credential } = await createMemberUser(api, server, repositoryId)
  return credential
}

async function createMemberUser(
  api: Api,
  server: ServerInfo,
  repositoryId: string,
): Promise<{ made: UserView; credential: Credential }> {
  const made = await api.createUser()
  await api.createGrant({ subjectId: made.id, scopeId: repositoryId, permission: 'PUSH' })
  const password = uniqueName('Password')
  await setPassword(server, made.name, password)
  return { made, credential: { name: made.name, password } }
}

async function createDisabledMember(api: Api, server: ServerInfo, repositoryId: string): Promise<Credential> {
  const { made, credential } = await createMemberUser(api, server, repositoryId)
  await api.send('PATCH', `/users/${made.id}`, user, { isDisabled: true })
  return credential
}

async function createWrong(api: Api, server: ServerInfo, repositoryId: string): Promise<Credential> {
  return { ...(await createMember(api, server, repositoryId)), password: uniqueName('Wrong') }
}

async function createRobot(api: Api, _: ServerInfo, repositoryId: string): Promise<Credential> {
  return (await createRobotWith(api, repositoryId)).credential
}

async function createRobotWith(
  api: Api,
  repositoryId: string,
  expiresAt: string | null = null,
): Promise<{ made: RobotView; credential: Credential }> {
  const { id } = await api.defaultInstance()
  const grants = [{ scopeId: repositoryId, permission: 'PUSH' }]
  const body = { name: uniqueName('robot'), grants, expiresAt }
  const { secret, ...made } = await api.send('POST', `/instances/${id}/robots`, robotWithSecret, body)
  return { made, credential: { name: made.userName, password: secret } }
}

async function createDisabledRobot(api: Api, _: ServerInfo, repositoryId: string): Promise<Credential> {
  const { made, credential } = await createRobotWith(api, repositoryId)
  const response = await api.request('PATCH', `/robots/${made.id}`, { isDisabled: true })
  expect(response.status).toBe(200)
  return credential
}

/** A robot whose time has come: nobody can make one that is past it. */
async function createExpiredRobot(api: Api, server: ServerInfo, repositoryId: string): Promise<Credential> {
  const expiresAt = new Date(Date.now() + 2_000).toISOString()
  const { credential } = await createRobotWith(api, repositoryId, expiresAt)
  const headers = { authorization: basic(credential.name, credential.password) }
  await expect.poll(async () => (await send(server, 'GET', '/v2/token', { headers })).status).toBe(401)
  return credential
}

/** The administrator's, who may do everything. */
async function createTemporaryToken(api: Api): Promise<Credential> {
  return (await createTemporaryTokenWith(api)).credential
}

async function createTemporaryTokenWith(api: Api): Promise<{ path: string; credential: Credential }> {
  const { id } = await api.defaultInstance()
  const path = `/instances/${id}/credentials/temporary-token`
  const made = await api.send('POST', path, temporaryTokenWithSecret, { hours: 1 })
  return { path: `${path}/${made.id}`, credential: { name: made.userName, password: made.token } }
}

async function createRevokedToken(api: Api): Promise<Credential> {
  const { path, credential } = await createTemporaryTokenWith(api)
  expect((await api.request('DELETE', path)).status).toBe(204)
  return credential
}

/** Sets the registry password of a user that `createUser` made, as that user does in the console. */
async function setPassword(server: ServerInfo, userName: string, password: string): Promise<void> {
  const headers = { origin: server.url, 'content-type': 'application/json' }
  const logOn = await fetch(`${server.url}/api/v1/session`, {
    ...{ method: 'POST', headers },
    body: JSON.stringify({ userName, password: userPassword }),
  })
  const cookie = (logOn.headers.get('set-cookie') ?? '').split(';')[0] ?? ''
  const { id } = await new Api(server).defaultInstance()
  const answer = await fetch(`${server.url}/api/v1/instances/${id}/credentials/password`, {
    ...{ method: 'PUT', headers: { ...headers, cookie } },
    body: JSON.stringify({ password }),
  })
  if (!answer.ok) throw new Error(`No registry password: ${answer.status} ${await answer.text()}`)
}

function expectDone({ code, stdout, stderr }: CommandResult): void {
  expect(code, stdout + stderr).toBe(0)
}
