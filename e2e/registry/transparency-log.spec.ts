import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { transparencyLog } from '@/lib/api/schemas/instances'
import { repository } from '@/lib/api/schemas/repositories'
import { Api } from '../api'
import { CommandLine } from '../clients/command-line'
import { dockerPusher } from '../clients/pushers'
import { requireCommands } from '../clients/require-commands'
import { expect, test } from '../fixtures'
import { type StartedServer, startServer } from '../server'

/*
 * The log of a real server, filled by docker, and verified by `npm run stele -- log verify` and by Go's own code. The
 * server is killed in between.
 */

const root = join(import.meta.dirname, '..', '..')
const stele = new CommandLine(process.execPath, [join(root, 'dist', 'command.mjs')], { NODE_ENV: 'production' }, root)

let server: StartedServer
let folder: string

test.beforeEach(async () => {
  server = await startServer()
  folder = await mkdtemp(join(tmpdir(), 'stele-log-'))
})
test.afterEach(async () => {
  await server.stop()
  await rm(folder, { recursive: true, force: true })
})

/** The head of the log once it has this many leaves. */
async function headOf(api: Api, instanceId: string, size: number) {
  for (let attempt = 0; ; attempt++) {
    const head = await api.send('GET', `/instances/${instanceId}/transparency-log`, transparencyLog)
    if (head.size >= size || attempt === 100) return head
    await setTimeout(100)
  }
}

test('what docker pushes is in the log, which verifies with this command and with Go, across a kill', async ({
  docker,
}) => {
  const api = new Api(server)
  const { id, name } = await api.defaultInstance()
  const pusher = dockerPusher(docker)
  await pusher.logIn(server.registry, server.admin)
  const target = `${server.registry}/test/example`
  for (const [tag, content] of [
    ['v1', 'one'],
    ['v1', 'two'],
    ['v2', 'three'],
  ] as const) {
    expect(await pusher.push(await pusher.makeImage(content), `${target}:${tag}`)).toMatchObject({ code: 0 })
  }
  const { items } = (await (await api.request('GET', `/instances/${id}/repositories`)).json()) as {
    items: { id: string }[]
  }
  const repositoryId = items[0]?.id ?? ''
  await api.send('PATCH', `/repositories/${repositoryId}`, repository, { tagImmutability: true })
  expect(await pusher.push(await pusher.makeImage('four'), `${target}:v1`)).not.toMatchObject({ code: 0 })

  // started, policy, three moves, policy
  const before = await headOf(api, id, 6)
  expect(before.size).toBe(6)
  const log = `${server.url}${before.path}`
  expect(before.path).toBe(`/log/${name}`)
  expect((await fetch(`${log}/checkpoint`)).status).toBe(401)
  const [key = ''] = before.keys
  await writeFile(join(folder, 'before'), before.checkpoint)

  await server.kill()
  server = await startServer({ dataDir: server.dataDir, port: server.port })
  expect(await pusher.push(await pusher.makeImage('five'), `${target}:v3`)).toMatchObject({ code: 0 })
  const after = await headOf(api, id, 7)
  expect([after.size, after.keys]).toEqual([7, before.keys])

  const verify = (...more: string[]) => stele.attempt(['log', 'verify', ...more, '--key', key])
  const credential = `${server.accessKey.id}:${server.accessKey.secret}\n`
  await stele.run(['log', 'verify', log, '--key', key, '--credential-stdin'], credential)

  const opened = await api.request('PATCH', `/instances/${id}`, { isLogPublic: true })
  expect(opened.status).toBe(200)
  const verified = await verify(log, '--against', join(folder, 'before'))
  expect([verified.code, verified.stderr]).toEqual([0, ''])

  const evidence = await api.request('GET', `/repositories/${repositoryId}/tags/v1/evidence`)
  await writeFile(join(folder, 'evidence.json'), await evidence.text())
  expect(await verify(join(folder, 'evidence.json'))).toMatchObject({ code: 0 })

  requireCommands('stele-log-check')
  const go = new CommandLine('stele-log-check', [], {}, folder)
  expect(await go.attempt(['-key', key, log, 'before'])).toMatchObject({ code: 0 })
})
