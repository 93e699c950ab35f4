import { join } from 'node:path'
import { Api } from '../api'
import { CommandLine } from '../clients/command-line'
import { expect, pushImage, test } from '../fixtures'
import type { StartedServer } from '../server'

interface Opening {
  readonly id: string
  readonly tag: string
  readonly isOpen: boolean
  readonly moveCount: number
  readonly closedHow: string | null
}

test('an opening outlives kill -9 for the rest of its time, and closes by itself after it or when a clock went back', async ({
  startPrivateServer,
}) => {
  let server: StartedServer = await startPrivateServer()
  const { id, namespace, name } = await new Api(server).createRepository({ tagImmutability: true })
  const path = `${namespace}/${name}`
  const openings = `/repositories/${id}/immutability/openings`

  async function restart(sql = ''): Promise<void> {
    await server.kill()
    // In a process of its own: tests are no part of the server.
    const script = `new (require('better-sqlite3'))(${JSON.stringify(join(server.dataDir, 'stele.db'))}).exec(${JSON.stringify(sql)})`
    await new CommandLine(process.execPath, ['--eval', script], {}).run([])
    server = await startPrivateServer({ dataDir: server.dataDir })
  }

  async function list(): Promise<Opening[]> {
    const answer = (await (await new Api(server).request('GET', openings)).json()) as { items: Opening[] }
    return answer.items
  }

  for (const tag of ['v1', 'v2', 'v3']) await pushImage(server, path, tag, 'first')
  for (const tag of ['v1', 'v2']) {
    const opened = await new Api(server).request('POST', openings, { tag, reason: 'To rebuild', minutes: 15 })
    expect(opened.status).toBe(201)
  }
  const pushing = Array.from({ length: 5 }, (_, n) => pushImage(server, path, 'v1', `push ${n}`).catch(() => null))
  await Promise.race(pushing)
  await restart()
  await Promise.all(pushing)

  await pushImage(server, path, 'v1', 'after the kill')
  await expect(pushImage(server, path, 'v3', 'after the kill')).rejects.toThrow('409')
  const moved = (await list()).find(({ tag }) => tag === 'v1')
  expect(moved).toMatchObject({ isOpen: true })
  expect(moved?.moveCount).toBeGreaterThan(0)

  // The time of v1 is over while no server runs; of v2, a server has seen a time that is a day from now.
  const dayMs = 24 * 3_600_000
  const at = (ms: number) => `'${new Date(Date.now() + ms).toISOString()}'`
  await restart(`
    UPDATE "TagOpening" SET "closesAt" = ${at(-1)} WHERE "tag" = 'v1';
    UPDATE "TagOpening" SET "seenAt" = ${at(dayMs)}, "closesAt" = ${at(2 * dayMs)} WHERE "tag" = 'v2'`)
  for (const tag of ['v1', 'v2']) await expect(pushImage(server, path, tag, 'too late')).rejects.toThrow('409')
  expect((await list()).map(({ tag, isOpen, closedHow }) => [tag, isOpen, closedHow])).toEqual([
    ['v2', false, 'CLOCK'],
    ['v1', false, 'TIME'],
  ])
  const closed = `/repositories/${id}/events?kind=CLOSED`
  await expect
    .poll(
      async () => ((await (await new Api(server).request('GET', closed)).json()) as { totalCount: number }).totalCount,
    )
    .toBe(2)
})
