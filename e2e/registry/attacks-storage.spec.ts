import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { garbageCollection } from '@/lib/api/schemas/maintenance'
import { Api } from '../api'
import { CommandLine } from '../clients/command-line'
import { requireRoot } from '../clients/require-commands'
import { digestOf } from '../digest'
import { expect, pushImage, test } from '../fixtures'
import { type ServerInfo, startServer } from '../server'
import { send } from './http'
import { makeSmallFolder } from './limited-folder'

test.describe('the storage under attack', () => {
  test('a second server over one SQLite folder does not start, and a start after kill -9 does', async ({
    startPrivateServer,
  }) => {
    const first = await startPrivateServer()
    const digest = await pushImage(first, 'test/example', 'v1')

    await expect(startServer({ dataDir: first.dataDir })).rejects.toThrow(
      /\(exit code 1\):\nSTELE_DATA_DIR: another running server uses \S+: stop that server, or set another folder [^\n]*\n$/,
    )
    const root = join(import.meta.dirname, '..', '..')
    const verify = [join(root, 'dist', 'command.mjs'), 'audit', 'verify']
    await new CommandLine(process.execPath, verify, { STELE_DATA_DIR: first.dataDir }).run([])

    await first.kill()
    const second = await startPrivateServer({ dataDir: first.dataDir })
    const { headers } = await send(second, 'HEAD', '/v2/test/example/manifests/v1')
    expect(headers['docker-content-digest']).toBe(digest)
  })

  test('on a full disk an administrator logs on and collects garbage, and then pushes work again', async ({
    startPrivateServer,
    storage,
  }) => {
    test.skip(storage === 's3', 'no collection of blobs in S3 makes room in the data folder')
    requireRoot()
    test.setTimeout(120_000)
    const folder = await makeSmallFolder(96)
    try {
      let server = await startPrivateServer({ dataDir: folder.path })
      const reserve = join(folder.path, 'stele.db.reserve')
      await expect.poll(() => existsSync(reserve), { timeout: 15_000 }).toBe(true)
      const digest = await pushImage(server, 'test/example', 'kept')
      for (let number = 0; number < 8; number++) expect(await pushGarbage(server, number)).toBe(201)

      fill(folder.path)
      expect(await logOn(server)).toBe(201)
      expect([await pushGarbage(server, 8), await tagKept(server)]).toEqual([507, 507])
      await server.kill()
      server = await startPrivateServer({ dataDir: folder.path })
      expect(await logOn(server)).toBe(201)
      expect((await send(server, 'GET', `/v2/test/example/manifests/${digest}`)).status).toBe(200)

      const api = new Api(server)
      const run = await api.send('POST', '/garbage-collections', garbageCollection, { graceSeconds: 0 })
      const read = () => api.send('GET', `/garbage-collections/${run.id}`, garbageCollection)
      await expect.poll(read, { timeout: 30_000 }).toMatchObject({ state: 'SUCCEEDED', removedBlobs: 8 })
      await expect.poll(() => existsSync(reserve), { timeout: 15_000 }).toBe(true)
      expect([await pushGarbage(server, 8), await tagKept(server)]).toEqual([201, 201])
      await server.kill()
    } finally {
      await folder.remove()
    }

    /** Takes all space that there is, as another program does. */
    function fill(path: string): void {
      for (const [name, sizeBytes] of [
        ['large', 1024 * 1024],
        ['small', 4096],
      ] as const) {
        try {
          for (;;) writeFileSync(join(path, name), Buffer.alloc(sizeBytes), { flag: 'a' })
        } catch (error) {
          expect(error).toMatchObject({ code: 'ENOSPC' })
        }
      }
    }

    async function logOn({ url, admin }: ServerInfo): Promise<number> {
      const body = JSON.stringify({ userName: admin.name, password: admin.password })
      const headers = { origin: url, 'content-type': 'application/json' }
      return (await fetch(`${url}/api/v1/session`, { method: 'POST', headers, body })).status
    }

    async function pushGarbage(server: ServerInfo, number: number): Promise<number> {
      const body = Buffer.alloc(4 * 1024 * 1024, `garbage ${number} `)
      return (await send(server, 'POST', `/v2/test/example/blobs/uploads/?digest=${digestOf(body)}`, { body })).status
    }

    async function tagKept(server: ServerInfo): Promise<number> {
      const { body, headers } = await send(server, 'GET', '/v2/test/example/manifests/kept')
      const type = { 'content-type': headers['content-type'] }
      return (await send(server, 'PUT', '/v2/test/example/manifests/again', { body, headers: type })).status
    }
  })
})
