import { execFileSync } from 'node:child_process'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import pg from 'pg'
import { transparencyLog } from '@/lib/api/schemas/instances'
import { repository } from '@/lib/api/schemas/repositories'
import { servedProgress } from '@/lib/domain/transparency/served'
import { readEntries, writeEntries } from '@/lib/domain/transparency/tiles'
import { Api, basic } from '../api'
import { CommandLine } from '../clients/command-line'
import { expect, test } from '../fixtures'
import { databases } from '../postgresql'
import { pushImage } from '../push'
import { type StartOptions, type StartedServer, startServer } from '../server'

/*
 * What somebody who can write to the database changes there by hand, or in the files of a log, is found by
 * `npm run stele -- log verify`, with the tag and both digests. Nothing of it is found falsely while the registry is used.
 */

const root = join(import.meta.dirname, '..', '..')
const stele = new CommandLine(process.execPath, [join(root, 'dist', 'command.mjs')], { NODE_ENV: 'production' }, root)
const path = 'test/example'

for (const kind of databases) {
  test.describe(kind, () => {
    test.setTimeout(2_400_000)
    let server: StartedServer
    let database: Pick<StartOptions, 'databaseUrl'>
    let folder: string
    let key: string
    let repositoryId: string

    test.beforeEach(async ({ postgresql }) => {
      database = await postgresql.startOptions(kind)
      server = await startServer(database)
      folder = await mkdtemp(join(tmpdir(), 'stele-compare-'))
      const api = new Api(server)
      const { id } = await api.defaultInstance()
      expect((await api.request('PATCH', `/instances/${id}`, { isLogPublic: true })).status).toBe(200)
      const listed: unknown = await (await api.request('GET', `/instances/${id}/repositories`)).json()
      repositoryId = (listed as { items: { id: string }[] }).items[0]?.id ?? ''
      ;[key = ''] = (await headOf(1)).keys
    })
    test.afterEach(async () => {
      await server.stop()
      await rm(folder, { recursive: true, force: true })
    })

    /** The log's head once it has this many leaves. */
    async function headOf(size: number) {
      const api = new Api(server)
      const { id } = await api.defaultInstance()
      for (let attempt = 0; ; attempt++) {
        const head = await api.send('GET', `/instances/${id}/transparency-log`, transparencyLog)
        if ((head.size >= size && head.keys.length > 0) || attempt === 200) return head
        await setTimeout(50)
      }
    }

    /** The log's head once it has all that happened. */
    async function settled() {
      await expect
        .poll(async () => {
          const { last, takenTo } = servedProgress.parse(
            await (await fetch(`${server.url}/log/example/served/progress`)).json(),
          )
          return last - takenTo
        })
        .toBe(0)
      return headOf(1)
    }

    async function verify(target: string, ...more: string[]) {
      const { code, stdout, stderr } = await stele.attempt(['log', 'verify', target, '--key', key, ...more])
      return { code, found: stdout.split('\n').filter((line) => line.startsWith('- ')), stdout, stderr }
    }

    const verifyServer = (...more: string[]) => verify(`${server.url}/log/example`, ...more)

    const setPolicy = (tagImmutability: boolean) =>
      new Api(server).send('PATCH', `/repositories/${repositoryId}`, repository, { tagImmutability })

    /** Changes the database behind the server's back. */
    async function sql(statement: string): Promise<void> {
      if (database.databaseUrl !== undefined) return query(database.databaseUrl, statement)
      const file = JSON.stringify(join(server.dataDir, 'stele.db'))
      const script = `new (require('better-sqlite3'))(${file}, { timeout: 10000 }).exec(${JSON.stringify(statement)})`
      execFileSync(process.execPath, ['-e', script], { cwd: root })
    }

    test('a changed digest, a tag that was inserted or removed, a changed policy, and a changed ledger', async () => {
      const first = await pushImage(server, path, 'v1', 'one')
      const second = await pushImage(server, path, 'v2', 'two')
      await pushImage(server, path, 'v3', 'three')
      const fourth = await pushImage(server, path, 'v4', 'four')
      await setPolicy(true)
      const { size } = await headOf(7)
      expect(size).toBe(7)
      const good = await verifyServer()
      expect(good).toMatchObject({ code: 0, found: [], stderr: '' })
      expect(good.stdout).toContain(
        'Compared with what the registry serves: 4 tags, 1 repositories, 4 entries of the ledger.',
      )

      const inRepository = `"repositoryId" = '${repositoryId}'`
      await sql(`UPDATE "Tag" SET "digest" = '${second}' WHERE ${inRepository} AND "name" = 'v1'`)
      const changed = await verifyServer()
      expect(changed).toMatchObject({ code: 1, found: [expect.stringContaining(`${path}:v1`)] })
      expect(changed.found[0]).toMatch(
        new RegExp(
          `^- test/example:v1: the registry serves ${second}, but the log says ${first} since leaf 2 \\(20.*Z\\)$`,
        ),
      )

      await sql(`INSERT INTO "Tag" ("repositoryId", "name", "digest", "createdAt", "updatedAt", "updatedBy")
        SELECT "repositoryId", 'v9', "digest", "createdAt", "updatedAt", "updatedBy" FROM "Tag"
        WHERE ${inRepository} AND "name" = 'v2'`)
      await sql(`DELETE FROM "Tag" WHERE ${inRepository} AND "name" = 'v3'`)
      await sql(`UPDATE "Repository" SET "exemptTags" = 'latest v*' WHERE "id" = '${repositoryId}'`)
      await sql(`UPDATE "TagEvent" SET "pushedDigest" = '${first}' WHERE "tag" = 'v4'`)
      await sql(`DELETE FROM "TagEvent" WHERE "tag" = 'v2'`)
      await sql(`INSERT INTO "TagEvent" ("instanceId", "repositoryId", "repositoryPath", "tag", "kind", "pushedDigest", "actor",
          "credential", "address", "userAgent", "createdAt", "lastAt")
        SELECT "instanceId", "repositoryId", "repositoryPath", 'v9', "kind", "pushedDigest", "actor", "credential", "address",
          "userAgent", "createdAt", "lastAt" FROM "TagEvent" WHERE "tag" = 'v1'`)
      const { code, found } = await verifyServer()
      expect(code).toBe(1)
      const expected = [
        /^- test\/example: the policy in the registry is “enforce” except latest, v\*, but the log says “enforce” except latest since leaf 6 \(/,
        /^- test\/example:v1: the registry serves/,
        /^- test\/example:v9: the registry serves sha256:\w+, but the log says that there is no such tag$/,
        /^- test\/example:v3: the registry has no such tag, but the log says sha256:\w+ since leaf 4 \(/,
        /^- entry \d+ of the ledger is not in the log: .*"tag":"v9"/,
        new RegExp(`^- leaf 5: entry \\d+ of the ledger was changed to .*${first}.*; the log has .*${fourth}.*"v4"`),
        /^- leaf 3: entry \d+ of the ledger is gone.*; the log has .*"v2"/,
      ]
      for (const line of expected) expect(found).toContainEqual(expect.stringMatching(line))
      expect(found).toHaveLength(expected.length)

      // A policy that is changed by hand before a push: the log has the policy that was set, and the push.
      await sql(`UPDATE "Repository" SET "immutabilityMode" = 'off' WHERE "id" = '${repositoryId}'`)
      const moved = await pushImage(server, path, 'v4', 'another')
      await headOf(8)
      expect((await verifyServer()).found).toContainEqual(
        expect.stringMatching(
          new RegExp(
            `^- leaf 7: test/example:v4 moved at .* from ${fourth} to ${moved} while it was immutable \\(between leaves 5 and 7\\)$`,
          ),
        ),
      )

      // An entry that is gone before the log has taken it.
      await sql(`INSERT INTO "OutboxEvent" ("kind", "instanceId", "repositoryId", "repositoryPath", "tagEventId", "createdAt")
        SELECT 'TAG', "instanceId", "id", "path", 1000000, "updatedAt" FROM "Repository" WHERE "id" = '${repositoryId}'`)
      await expect
        .poll(async () => (await verifyServer()).found, { timeout: 60_000 })
        .toContainEqual(
          expect.stringMatching(
            /^- the log stands still, .*: event \d+ of the outbox \(TAG, test\/example\) cannot be read: the ledger has no entry 1000000$/,
          ),
        )
    })

    /** Pushes, moves and deletes tags until `work` is done. */
    async function whileUsed(work: () => Promise<void>): Promise<void> {
      const done = new AbortController()
      const using = (async () => {
        for (let n = 0; !done.signal.aborted; n++) {
          await pushImage(server, path, `t${n % 5}`, `content ${n % 3}`)
          if (n % 4 !== 3) continue
          const deletion = await fetch(`${server.url}/v2/${path}/manifests/t${n % 5}`, {
            method: 'DELETE',
            headers: { authorization: basic(server.admin.name, server.admin.password) },
          })
          expect(deletion.status).toBe(202)
        }
      })()
      try {
        await work()
      } finally {
        done.abort()
        await using
      }
    }

    test('nothing in a registry that is used meanwhile; swapped leaves; a restored database that went back, or forked', async () => {
      for (const tag of ['v1', 'v2', 'v3']) await pushImage(server, path, tag)
      await headOf(5)
      const copy = join(folder, 'copy')
      expect(await verifyServer('--save', copy)).toMatchObject({ code: 0, stderr: '' })
      const offline = await verify(copy)
      expect(offline).toMatchObject({ code: 0, found: [], stderr: '' })
      expect(offline.stdout).toContain('Compared with what the registry serves: 3 tags,')

      const swapped = join(folder, 'swapped')
      await cp(copy, swapped, { recursive: true })
      const bundle = join(swapped, 'tile/entries/000.p/5')
      const leaves = readEntries(await readFile(bundle)) ?? []
      await writeFile(bundle, writeEntries([...leaves.slice(0, 3), leaves[4], leaves[3]] as Uint8Array[]))
      const tile = join(swapped, 'tile/0/000.p/5')
      const hashes = await readFile(tile)
      await writeFile(tile, Buffer.concat([hashes.subarray(0, 96), hashes.subarray(128), hashes.subarray(96, 128)]))
      expect(await verify(swapped)).toMatchObject({
        code: 1,
        found: ['- the leaves do not have the root of the checkpoint: one was changed, moved or removed'],
      })

      const served = join(folder, 'served')
      await cp(copy, served, { recursive: true })
      const page = join(served, 'served/tags/0.json')
      await writeFile(page, (await readFile(page, 'utf8')).replace('"tag":"v2"', '"tag":"v7"'))
      const { code, found } = await verify(served)
      expect(code).toBe(1)
      expect(found.map((line) => line.replace(/sha256:\w+|\(.*/g, '…'))).toEqual([
        '- test/example:v7: the registry serves …, but the log says that there is no such tag',
        '- test/example:v2: the registry has no such tag, but the log says … since leaf 3 …',
      ])

      await whileUsed(async () => {
        for (let round = 0; round < 3; round++) {
          const meanwhile = join(folder, `meanwhile-${round}`)
          expect(await verifyServer('--save', meanwhile)).toMatchObject({ code: 0, found: [], stderr: '' })
          expect(await verify(meanwhile)).toMatchObject({ code: 0, found: [], stderr: '' })
        }
      })

      // A backup is made, the registry goes on, and the backup is restored.
      await pushImage(server, path, 'v5', 'five')
      const { size } = await settled()
      await server.end()
      const { dataDir, port } = server
      const backup: StartOptions = { dataDir: join(folder, 'backup'), port }
      await cp(dataDir, join(folder, 'backup'), { recursive: true })
      if (database.databaseUrl !== undefined) {
        const url = new URL(database.databaseUrl)
        const name = url.pathname.slice(1)
        url.pathname = '/postgres'
        await query(url.href, `CREATE DATABASE "${name}_backup" TEMPLATE "${name}"`)
        url.pathname = `/${name}_backup`
        backup.databaseUrl = url.href
      }
      server = await startServer({ dataDir, port, ...database })
      await pushImage(server, path, 'v4', 'four')
      const { checkpoint } = await headOf(size + 1)
      await writeFile(join(folder, 'seen'), checkpoint)
      expect((await verifyServer('--against', join(folder, 'seen'))).code).toBe(0)
      await server.stop()
      server = await startServer(backup)
      await headOf(size)
      expect(await verifyServer('--against', join(folder, 'seen'))).toMatchObject({
        code: 1,
        found: [
          expect.stringMatching(
            new RegExp(`^- the log went back: it has ${size} leaves, and had ${size + 1} at the checkpoint .*seen$`),
          ),
        ],
      })
      await pushImage(server, path, 'v4', 'another')
      await headOf(size + 1)
      expect(await verifyServer('--against', join(folder, 'seen'))).toMatchObject({
        code: 1,
        found: [expect.stringMatching(/^- fork: the first \d+ leaves are not those of the checkpoint .*seen/)],
      })
    })
  })
}

async function query(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query(statement)
  await client.end()
}
