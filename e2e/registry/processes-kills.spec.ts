import { randomInt } from 'node:crypto'
import { Agent } from 'node:http'
import { sweep } from '@/scripts/lib/sweep.mjs'
import { Api, basic } from '../api'
import { expect, test } from '../fixtures'
import { databases } from '../postgresql'
import { endAtOnce, listChildren } from '../processes'
import type { StartedServer } from '../server'
import { expectWhole, resume } from './expect-whole'
import { processesOf } from './held-connections'
import { type Person, PushJournal, pushUntilKilled } from './push-journal'

/*
 * kill -9 of each process of a server in the middle of pushes, which go on with the others. What was acknowledged must
 * be there, also after the end of the supervisor, which is the end of all.
 */

const env = { STELE_PROCESSES: '3' }

/** How often each process is killed but the supervisor. */
const kills = sweep(2, 20)
const people = 8

for (const database of databases) {
  test(`nothing acknowledged is lost when processes are killed during pushes, and pushes go on: ${database}`, async ({
    startPrivateServer,
    postgresql,
  }) => {
    test.setTimeout(120_000 + kills * 30_000)
    const options = { ...(await postgresql.startOptions(database)), env }
    let server = await startPrivateServer(options)
    const { namespace, name } = await new Api(server).createRepository()
    const path = `${namespace}/${name}`
    const journals: PushJournal[] = []
    const uploads = { left: 0, resumed: 0 }
    for (let round = 0; round < kills; round++) {
      for (const role of ['reader', 'main'] as const) {
        const journal = new PushJournal()
        journals.push(journal)
        const isOver = new AbortController()
        const authorization = await tokenFor(server, path)
        const pushers = Array.from({ length: people }, (_, index) => {
          const person = `${round}-${role}-${index}`
          return pushUntilOver(
            { server, path, name: person, movingTag: `moving-${person}`, authorization },
            journal,
            isOver,
          )
        })
        await journal.whenAnswered(randomInt(50, 250))
        const { main, readers } = await processesOf(server)
        endAtOnce(role === 'main' ? main : (readers[randomInt(readers.length)] ?? 0))
        // The others go on, and whoever needs the one that ended soon has another.
        await journal.whenAnswered(150)
        isOver.abort()
        await Promise.all(pushers)
        await expect.poll(async () => (await processesOf(server)).readers.length, { timeout: 30_000 }).toBe(2)
        for (const upload of journal.uploads) uploads.resumed += await resume(server, upload)
        uploads.left += journal.uploads.size
        await expectWhole(server, journal)
      }
    }

    const journal = new PushJournal()
    journals.push(journal)
    const isOver = new AbortController()
    const authorization = await tokenFor(server, path)
    const pushers = Array.from({ length: people }, (_, index) =>
      pushUntilOver({ server, path, name: `last-${index}`, movingTag: null, authorization }, journal, isOver),
    )
    await journal.whenAnswered(randomInt(50, 250))
    const children = await listChildren(server.pid)
    isOver.abort()
    endAtOnce(server.pid)
    await Promise.all(pushers)
    for (const child of children) await expect.poll(() => isRunning(child), { timeout: 20_000 }).toBe(false)

    server = await startPrivateServer({ ...options, dataDir: server.dataDir })
    for (const upload of journal.uploads) uploads.resumed += await resume(server, upload)
    for (const each of journals) await expectWhole(server, each)
    const acknowledged = journals.flatMap(({ blobs }) => blobs).filter((blob) => blob.acknowledged).length
    test.info().annotations.push({
      type: 'kills',
      description: `after ${2 * kills} kills: ${acknowledged} blobs acknowledged, 0 lost; ${JSON.stringify(uploads)}`,
    })
    expect(acknowledged).toBeGreaterThan(20 * kills)
  })
}

/** Pushes one image after the other, and the next one where the end of a process is in the way. */
async function pushUntilOver(
  person: Omit<Person, 'agent' | 'signal'>,
  journal: PushJournal,
  { signal }: AbortController,
): Promise<void> {
  for (let attempt = 0; !signal.aborted; attempt++) {
    const agent = new Agent({ keepAlive: true })
    const push = pushUntilKilled({ ...person, agent, signal, name: `${person.name}-${attempt}` }, journal)
    await push.catch((error: unknown) => {
      // What the main process must do for an upload is UNAVAILABLE while there is none.
      if (!String(error).includes(': 503 ')) throw error
    })
    agent.destroy()
  }
}

async function tokenFor({ url, admin }: StartedServer, path: string): Promise<string> {
  const headers = { authorization: basic(admin.name, admin.password) }
  const answer = await fetch(`${url}/v2/token?scope=repository:${path}:pull,push`, { headers })
  return `Bearer ${((await answer.json()) as { token: string }).token}`
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
