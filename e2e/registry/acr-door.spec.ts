import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { signRequest } from '@/lib/testing/acr-signer'
import { expect, test } from '../fixtures'
import { databases } from '../postgresql'
import type { StartedServer } from '../server'
import { type HeldConnection, holdConnections } from './held-connections'
import { type Answer, send } from './http'

/* ACR's API at `/` of the built server, whichever of its processes gets the request. */

const schemes = ['V1', 'V3'] as const

/** What becomes of a request: its status, and the code in its answer. */
function outcomeOf({ status, body }: Answer): string {
  return `${status} ${String((JSON.parse(body.toString()) as { Code: unknown }).Code)}`
}

for (const database of databases) {
  test(`a signed request is carried out once, by whichever process gets it: ${database}`, async ({
    startPrivateServer,
    postgresql,
  }) => {
    test.skip(!existsSync('/proc/self/fd'), 'only /proc tells which process has a connection')
    const databaseOf = await postgresql.startOptions(database)
    // Two servers over one database have the same keys.
    const shared = database === 'sqlite' ? {} : { STELE_SECRET_KEY: randomBytes(32).toString('base64') }
    const options = { ...databaseOf, env: { STELE_PROCESSES: '3', ...shared } }
    const server = await startPrivateServer(options)
    const connections = await holdConnections(server, 2)
    const sign = (scheme: 'V1' | 'V3') =>
      signRequest(server.accessKey, 'GetInstanceCount', {}, { scheme, host: server.registry, inBody: scheme === 'V1' })
    const over = async (connection: HeldConnection, request = sign('V3')) =>
      outcomeOf(
        await connection.send(request.method, request.path, {
          headers: { ...request.headers, authorization: request.headers['authorization'] },
          body: Buffer.from(request.body),
        }),
      )
    for (const scheme of schemes) {
      for (const connection of connections) expect(await over(connection, sign(scheme))).toBe('200 success')
      const once = sign(scheme)
      const outcomes = await Promise.all(connections.map((connection) => over(connection, once)))
      expect(outcomes.sort()).toEqual([
        '200 success',
        ...Array<string>(connections.length - 1).fill('400 SignatureNonceUsed'),
      ])
    }

    if (database === 'sqlite') return
    const second = await startPrivateServer(options)
    const request = sign('V1')
    const to = (one: StartedServer) =>
      send(one, request.method, '/', {
        headers: { ...request.headers, authorization: undefined },
        body: Buffer.from(request.body),
      })
    const outcomes = (await Promise.all([server, second, server, second].map(to))).map(outcomeOf)
    expect(outcomes.sort()).toEqual(['200 success', ...Array<string>(3).fill('400 SignatureNonceUsed')])
  })
}

test('the console is at / as before, for all that names no action', async ({ startPrivateServer }) => {
  const server = await startPrivateServer()
  const as = async (method: string, path: string, headers: Record<string, string> = {}) => {
    const answer = await send(server, method, path, { headers: { authorization: undefined, ...headers } })
    return [answer.status, answer.headers.location ?? '', answer.headers['content-type'] ?? '']
  }
  for (const headers of [{}, { authorization: 'Basic eDp5' }, { accept: 'application/json' }]) {
    expect((await as('GET', '/', headers)).slice(0, 2)).toEqual([307, '/cn-hangzhou/instances'])
    expect((await as('HEAD', '/?Action=GetInstance', headers)).slice(0, 2)).toEqual([307, '/cn-hangzhou/instances'])
  }
  expect(await as('PUT', '/')).toEqual([405, '', 'application/problem+json'])
  expect(await as('GET', '/?Action=GetInstance')).toEqual([400, '', 'application/json;charset=utf-8'])
  expect(await as('POST', '/')).toEqual([400, '', 'application/json;charset=utf-8'])
})
