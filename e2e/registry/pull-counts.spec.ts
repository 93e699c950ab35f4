import { repository as repositorySchema } from '@/lib/api/schemas/repositories'
import { sweep } from '@/scripts/lib/sweep.mjs'
import { Api } from '../api'
import { expect, pushImage, test } from '../fixtures'
import { type DatabaseKind, databases } from '../postgresql'
import { endAtOnce } from '../processes'
import { holdConnections, processesOf } from './held-connections'

/*
 * Pulls are counted in the memory of each process and stored every few seconds (docs/decisions/0051-counting-pulls.md): a
 * server that stops loses none, and kill -9 of a process loses those of its last seconds at most.
 */

for (const database of sweep<readonly DatabaseKind[]>(['sqlite'], databases)) {
  test(`pulls of all processes are counted, also when processes are killed and the server stops: ${database}`, async ({
    startPrivateServer,
    postgresql,
  }) => {
    test.setTimeout(180_000)
    const options = { ...(await postgresql.startOptions(database)), env: { STELE_PROCESSES: '3' } }
    const server = await startPrivateServer(options)
    const { id, name } = await new Api(server).createRepository()
    const manifest = `/v2/test/${name}/manifests/v1`
    await pushImage(server, `test/${name}`, 'v1', 'image')
    const count = async (from = server) =>
      (await new Api(from).send('GET', `/repositories/${id}`, repositorySchema)).pullCount

    await expect.poll(async () => (await processesOf(server)).readers.length).toBe(2)
    const held = await holdConnections(server, 1)
    expect(held.length).toBeGreaterThanOrEqual(3)
    const pull = async (times: number, by = held) => {
      for (const connection of by) {
        for (let n = 0; n < times; n++) expect((await connection.send('GET', manifest)).status).toBe(200)
      }
      return times * by.length
    }
    let sure = await pull(10)
    await expect.poll(count, { timeout: 30_000 }).toBe(sure)

    let mayBeLost = 0
    const { main, readers } = await processesOf(server)
    for (const pid of [readers[0] ?? 0, main]) {
      mayBeLost += await pull(
        5,
        held.filter((connection) => connection.pid === pid),
      )
      endAtOnce(pid)
    }
    sure += await pull(
      10,
      held.filter(({ pid }) => pid === readers[1]),
    )
    expect(mayBeLost).toBeGreaterThanOrEqual(10)
    // Requests over connections of a process that was killed fail.
    await expect.poll(() => count().catch(() => null), { timeout: 60_000 }).toBeGreaterThanOrEqual(sure)
    const counted = await count()
    expect(counted).toBeLessThanOrEqual(sure + mayBeLost)

    for (const connection of held) connection.close()
    await expect.poll(async () => (await processesOf(server)).readers.length).toBe(2)
    const again = await holdConnections(server, 1)
    const last = await pull(3, again)
    for (const connection of again) connection.close()
    expect(await server.end()).toBe(0)
    const restarted = await startPrivateServer({ ...options, dataDir: server.dataDir })
    expect(await count(restarted)).toBe(counted + last)
  })
}
