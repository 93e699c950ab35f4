import { randomUUID } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import { Api, basic, userPassword } from '../api'
import { digestOf } from '../digest'
import { robotWithSecret } from '@/lib/api/schemas/robots'
import { expect, test, uniqueName } from '../fixtures'
import { send } from '../registry/http'
import type { Machine } from './machines'

/*
 * What one server has answered is true at the other at once, whatever either keeps in memory, and what one holds does not
 * stay held when it stands still (docs/decisions/0040-machines.md).
 */

test('sessions, tokens, passwords and repeated requests are the same at every server, at once', async ({
  startMachines,
}) => {
  test.setTimeout(120_000)
  // As behind one load balancer.
  const origin = 'http://stele.test:8080'
  const { all } = await startMachines({ count: 2, env: { STELE_PUBLIC_URL: origin } })
  const [one, other] = all.map(({ info }) => info) as [Machine['info'], Machine['info']]

  const logOn = await fetch(`${one.url}/api/v1/session`, {
    method: 'POST',
    headers: { origin, 'content-type': 'application/json' },
    body: JSON.stringify({ userName: one.admin.name, password: one.admin.password }),
  })
  const cookie = logOn.headers
    .getSetCookie()
    .map((set) => set.split(';', 1)[0])
    .join('; ')
  const session = (url: string, method = 'GET') =>
    fetch(`${url}/api/v1/session`, { method, headers: { cookie, origin } }).then(({ status }) => status)
  expect([await session(one.url), await session(other.url)]).toEqual([200, 200])
  expect(await session(other.url, 'DELETE')).toBe(204)
  expect(await session(one.url)).toBe(401)

  const api = { one: new Api(one), other: new Api(other) }
  const { id: repositoryId, namespace, name } = await api.one.createRepository()
  const path = `${namespace}/${name}`
  const grants = [{ scopeId: repositoryId, permission: 'PUSH' as const }]
  const { id: instanceId } = await api.one.defaultInstance()
  const body = { name: uniqueName('robot'), grants }
  const robot = await api.one.send('POST', `/instances/${instanceId}/robots`, robotWithSecret, body)
  const password = basic(robot.userName, robot.secret)
  const { token } = (await (
    await fetch(`${one.url}/v2/token?scope=repository:${path}:pull,push`, { headers: { authorization: password } })
  ).json()) as { token: string }
  const start = async (server: typeof one, authorization: string) =>
    (await send(server, 'POST', `/v2/${path}/blobs/uploads/`, { headers: { authorization } })).status
  const starts = () =>
    Promise.all([one, other].flatMap((server) => [start(server, password), start(server, `Bearer ${token}`)]))
  expect(await starts()).toEqual([202, 202, 202, 202])
  // Both servers have verified and remembered both.
  expect((await api.other.request('PATCH', `/robots/${robot.id}`, { isDisabled: true })).status).toBe(200)
  expect(await starts()).toEqual([401, 401, 401, 401])

  const key = { 'idempotency-key': randomUUID() }
  const person = { name: uniqueName('person'), password: userPassword }
  const made = await Promise.all([api.one, api.other].map((each) => each.request('POST', '/users', person, key)))
  const users = await Promise.all(made.map((answer) => answer.json() as Promise<{ id: string }>))
  expect(users[0]?.id).toBe(users[1]?.id)
})

test('an upload that a server holds goes on at another one when that stands still, and its bytes are right', async ({
  startMachines,
}) => {
  test.setTimeout(180_000)
  const { all } = await startMachines({ count: 2 })
  const [holder, other] = all as unknown as [Machine, Machine]
  const { namespace, name } = await new Api(holder.info).createRepository()
  const started = await send(holder.info, 'POST', `/v2/${namespace}/${name}/blobs/uploads/`)
  const location = started.headers.location ?? ''
  const content = Buffer.from('the bytes of the other server, which are not those of the one that stands still')
  let end = () => {}
  const ended = new Promise<void>((resolve) => (end = resolve))
  async function* halting() {
    yield Buffer.from('the bytes of the one')
    await ended
    yield Buffer.from(' that stands still')
  }
  const held = send(holder.info, 'PATCH', location, { body: halting() }).catch(() => null)
  const size = async () => {
    const { headers } = await send(other.info, 'GET', location)
    const last = Number(/^0-([0-9]+)$/.exec(String(headers.range))?.[1])
    return last === 0 ? 0 : last + 1
  }
  await expect.poll(size, { timeout: 20_000 }).toBe(20)
  const pid = holder.server()?.pid ?? 0
  process.kill(pid, 'SIGSTOP')
  try {
    const rest = { headers: { 'content-range': `20-${content.length - 1}` }, body: content.subarray(20) }
    const append = async () => (await send(other.info, 'PATCH', location, rest)).status
    expect(await append()).toBe(409)
    await expect.poll(append, { timeout: 60_000, intervals: [1_000] }).toBe(202)
    const all20 = Buffer.concat([Buffer.from('the bytes of the one'), content.subarray(20)])
    expect((await send(other.info, 'PUT', `${location}?digest=${digestOf(all20)}`)).status).toBe(201)
    process.kill(pid, 'SIGCONT')
    end()
    // What it still had does not count, and its client is told so.
    const late = new AbortController()
    const answer = await Promise.race([held, setTimeout(60_000, null, { signal: late.signal })])
    late.abort()
    expect(answer?.status ?? 503).toBeGreaterThanOrEqual(400)
    for (const { info } of all) {
      const blob = await send(info, 'GET', `/v2/${namespace}/${name}/blobs/${digestOf(all20)}`)
      expect([blob.status, blob.body.toString()]).toEqual([200, all20.toString()])
    }
  } finally {
    process.kill(pid, 'SIGCONT')
  }
})
