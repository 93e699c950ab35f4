import { existsSync } from 'node:fs'
import { temporaryTokenWithSecret } from '@/lib/api/schemas/credentials'
import { instance } from '@/lib/api/schemas/instances'
import { robotWithSecret } from '@/lib/api/schemas/robots'
import { user } from '@/lib/api/schemas/users'
import { sweep } from '@/scripts/lib/sweep.mjs'
import { Api, basic, userPassword } from '../api'
import { expect, pushImage, test, uniqueName } from '../fixtures'
import { databases } from '../postgresql'
import type { ServerInfo, StartedServer } from '../server'
import { type HeldConnection, holdConnections } from './held-connections'
import { send } from './http'

/*
 * What is acknowledged counts at once in every process: the next request on each of many connections that were open all
 * the while sees it. Tokens were issued before. A pull by a token is allowed until the token ends (docs/access.md), so
 * what changes a caller's rights is looked at in pushes, and in pulls with the credential itself.
 */

const manifestType = 'application/vnd.oci.image.manifest.v1+json'

/** How many connections each process has. */
const ofEach = 4

/** How often each change is made and undone. */
const rounds = sweep(5, 50)

/** A caller who asks the same over every connection at once. */
class Caller {
  constructor(
    private readonly connections: readonly HeldConnection[],
    private readonly path: string,
    private readonly authorization: string | undefined,
  ) {}

  pull(tag = 'v1'): Promise<string[]> {
    return this.#ask('GET', `manifests/${tag}`)
  }

  push(tag: string, manifest: Buffer): Promise<string[]> {
    return this.#ask('PUT', `manifests/${tag}`, { 'content-type': manifestType }, manifest)
  }

  /** The answers, each once: status, and the digest where it is not refused. */
  async #ask(method: string, rest: string, headers: Record<string, string> = {}, body?: Buffer): Promise<string[]> {
    const answers = await Promise.all(
      this.connections.map((connection) =>
        connection.send(method, `/v2/${this.path}/${rest}`, {
          headers: { authorization: this.authorization, ...headers },
          ...(body !== undefined && { body }),
        }),
      ),
    )
    const seen = answers.map(
      ({ status, headers }) => `${status} ${status < 300 ? String(headers['docker-content-digest']) : ''}`,
    )
    return [...new Set(seen)]
  }
}

for (const database of databases) {
  test(`a change counts for the next request on every connection of every process: ${database}`, async ({
    startPrivateServer,
    postgresql,
  }) => {
    test.skip(!existsSync('/proc/self/fd'), 'only /proc tells which process has a connection')
    test.setTimeout(60_000 + rounds * 10_000)
    const env = { STELE_PROCESSES: '3' }
    const server = await startPrivateServer({ ...(await postgresql.startOptions(database)), env })
    const api = new Api(server)
    const { id: instanceId } = await api.defaultInstance()
    const { id: repositoryId, name } = await api.createRepository()
    const path = `test/${name}`
    const digest = await pushImage(server, path, 'v1')
    const connections = await holdConnections(server, ofEach)
    const is = [`200 ${digest}`]
    const { body: manifest } = await send(server, 'GET', `/v2/${path}/manifests/v1`)
    const byToken = async (userName: string, secret: string) =>
      new Caller(connections, path, `Bearer ${await tokenFor(server, path, userName, secret)}`)
    const pushed = [`201 ${digest}`]

    const member = await api.createUser()
    const grant = { subjectId: member.id, scopeId: repositoryId, permission: 'PUSH' as const }
    let { id: grantId } = await api.createGrant(grant)
    const ofMember = await temporaryTokenOf(server, member.name, instanceId)
    const memberByToken = await byToken(ofMember.userName, ofMember.token)
    const memberByPassword = new Caller(connections, path, basic(ofMember.userName, ofMember.token))
    for (let round = 0; round < rounds; round++) {
      expect(await memberByToken.push('v1', manifest)).toEqual(pushed)
      expect((await api.request('DELETE', `/grants/${grantId}`)).status).toBe(204)
      expect(await memberByToken.push('v1', manifest), 'after the grant was revoked').toEqual(['404 '])
      expect(await memberByPassword.pull(), 'after the grant was revoked').toEqual(['404 '])
      grantId = (await api.createGrant(grant)).id
      expect(await memberByToken.push('v1', manifest)).toEqual(pushed)
      expect(await memberByPassword.pull()).toEqual(is)
      await api.send('PATCH', `/users/${member.id}`, user, { isDisabled: true })
      expect(await memberByToken.push('v1', manifest), 'after the user was disabled').toEqual(['401 '])
      expect(await memberByPassword.pull(), 'after the user was disabled').toEqual(['401 '])
      await api.send('PATCH', `/users/${member.id}`, user, { isDisabled: false })
    }

    const robot = await api.send('POST', `/instances/${instanceId}/robots`, robotWithSecret, {
      name: uniqueName('robot'),
      grants: [{ scopeId: repositoryId, permission: 'PUSH' }],
    })
    const byRobot = await byToken(robot.userName, robot.secret)
    const nobody = new Caller(connections, path, undefined)
    for (let round = 0; round < rounds; round++) {
      expect(await byRobot.push('v1', manifest)).toEqual(pushed)
      expect((await api.request('PATCH', `/robots/${robot.id}`, { isDisabled: true })).status).toBe(200)
      expect(await byRobot.push('v1', manifest), 'after the robot was disabled').toEqual(['401 '])
      expect((await api.request('PATCH', `/robots/${robot.id}`, { isDisabled: false })).status).toBe(200)

      expect(await nobody.pull()).toEqual(['401 '])
      await api.updateRepository(repositoryId, { type: 'PUBLIC' })
      await api.send('PATCH', `/instances/${instanceId}`, instance, { allowAnonymousPull: true })
      expect(await nobody.pull(), 'after anonymous pull was allowed').toEqual(is)
      await api.send('PATCH', `/instances/${instanceId}`, instance, { allowAnonymousPull: false })
      expect(await nobody.pull(), 'after anonymous pull was forbidden').toEqual(['401 '])
      await api.updateRepository(repositoryId, { type: 'PRIVATE' })
    }

    const other = await pushImage(server, path, 'other')
    for (let round = 0; round < rounds; round++) {
      expect(await memberByToken.pull('moving')).toEqual(['404 '])
      await pushImage(server, path, 'moving', 'other')
      expect(await memberByToken.pull('moving'), 'after a push').toEqual([`200 ${other}`])
      await api.updateRepository(repositoryId, { tagImmutability: true })
      expect(await memberByToken.push('moving', manifest), 'after it became immutable').toEqual(['409 '])
      expect(await memberByToken.pull('moving')).toEqual([`200 ${other}`])
      await api.updateRepository(repositoryId, { tagImmutability: false })
      expect(await memberByToken.push('moving', manifest), 'after it became mutable').toEqual(pushed)
      expect(await memberByToken.pull('moving')).toEqual(is)
      expect((await send(server, 'DELETE', `/v2/${path}/manifests/moving`)).status).toBe(202)
      expect(await memberByToken.pull('moving'), 'after the tag was deleted').toEqual(['404 '])
    }

    expect((await api.request('DELETE', `/repositories/${repositoryId}`)).status).toBe(204)
    expect(await memberByToken.pull(), 'after the repository was deleted').toEqual(['401 '])
    for (const connection of connections) connection.close()
  })
}

async function tokenFor(server: ServerInfo, path: string, name: string, secret: string): Promise<string> {
  const url = `${server.url}/v2/token?scope=repository:${path}:pull,push`
  const answer = await fetch(url, { headers: { authorization: basic(name, secret) } })
  return ((await answer.json()) as { token: string }).token
}

/** A registry credential of a user, who makes it for himself. */
async function temporaryTokenOf(server: StartedServer, userName: string, instanceId: string) {
  const headers = { origin: server.url, 'content-type': 'application/json' }
  const body = JSON.stringify({ userName, password: userPassword })
  const session = await fetch(`${server.url}/api/v1/session`, { method: 'POST', headers, body })
  const [cookie = ''] = (session.headers.get('set-cookie') ?? '').split(';')
  const made = await fetch(`${server.url}/api/v1/instances/${instanceId}/credentials/temporary-token`, {
    method: 'POST',
    headers: { ...headers, cookie },
    body: JSON.stringify({ hours: 1 }),
  })
  return temporaryTokenWithSecret.parse(await made.json())
}
