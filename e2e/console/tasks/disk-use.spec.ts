import { join } from 'node:path'
import { garbageCollection } from '@/lib/api/schemas/maintenance'
import { Api } from '../../api'
import { CommandLine } from '../../clients/command-line'
import { image } from '../../content/images'
import { emptyConfig, layerType, manifestOf, pushAll } from '../../content/pushable'
import { expect, test } from '../../fixtures'
import { overviewAddress, repositoryAddress } from '../../pages/addresses'
import { send } from '../../registry/http'
import type { ServerInfo } from '../../server'
import { countClicks } from './clicks'

/* A collection without a grace period is of the whole server: the test has one of its own. */
const onlyWhenAsked = { STELE_GC_INTERVAL_HOURS: '0' }

test('“What would deleting this tag free?”', async ({ context, page, startPrivateServer }) => {
  const server = await startPrivateServer({ env: onlyWhenAsked })
  const api = new Api(server)
  const [repository, other] = [await api.createRepository(), await api.createRepository()]
  // They share the base and the packages, but neither application nor config.
  const [shop, cart] = [image({ tag: 'v1', version: '1.0.0' }), image({ tag: 'v1', version: '2.0.0' })]
  await pushAll((...request) => send(server, ...request), `test/${repository.name}`, [shop])
  await pushAll((...request) => send(server, ...request), `test/${other.name}`, [cart])
  const logOn = await context.request.post(`${server.url}/api/v1/session`, {
    headers: { origin: server.url },
    data: { userName: server.admin.name, password: server.admin.password },
  })
  expect(logOn.status()).toBe(201)
  const clicks = await countClicks(page)
  await page.goto(server.url + repositoryAddress(repository, 'tags'))

  await page.getByRole('button', { name: 'Delete v1' }).click()
  const dialog = page.getByRole('dialog', { name: 'Delete Tag' })
  const words = dialog.getByText(/Garbage collection frees [\d.]+ \w+ after 14 days\. The other [\d.]+ \w+ of it stay/)
  const said = /frees ([\d.]+ \w+) after 14 days\. The other ([\d.]+ \w+) of it stay/.exec(await words.innerText())
  expect(clicks()).toBe(1)
  await dialog.getByRole('button', { name: 'Delete Tag' }).click()
  await expect(page.getByRole('status').filter({ hasText: 'Tag v1 was deleted' })).toBeVisible()
  expect(clicks()).toBe(2)

  await passDays(server)
  const { id } = await api.send('POST', '/garbage-collections', garbageCollection, { graceSeconds: 0 })
  const read = () => api.send('GET', `/garbage-collections/${id}`, garbageCollection)
  await expect.poll(async () => (await read()).state).toBe('SUCCEEDED')
  const { removedBytes, removedManifestBytes } = await read()
  const freed = removedBytes + removedManifestBytes
  const shared = shop.blobs.filter((blob) => cart.blobs.some((another) => another.equals(blob)))
  const kept = bytesOf(shared)
  expect(kept).toBeGreaterThan(0)
  expect(freed).toBe(shop.manifest.length + bytesOf(shop.blobs) - kept)
  expect(said?.slice(1)).toEqual([`${(freed / 1024).toFixed(1)} KiB`, `${kept} B`])
})

function bytesOf(blobs: readonly Buffer[]): number {
  return blobs.reduce((sum, { length }) => sum + length, 0)
}

/** Makes all untagged manifests look untagged for longer than their namespace keeps them. */
async function passDays(server: ServerInfo): Promise<void> {
  const longAgo = `'2020-01-01T00:00:00.000+00:00'`
  const sql = `UPDATE "Manifest" SET "seenAt" = ${longAgo}; UPDATE "TagEvent" SET "createdAt" = ${longAgo}`
  const script = `new (require('better-sqlite3'))(${JSON.stringify(join(server.dataDir, 'stele.db'))}).exec(${JSON.stringify(sql)})`
  // In a process of its own: tests are no part of the server.
  await new CommandLine(process.execPath, ['--eval', script], {}).run([])
}

test('“How much disk is used, and what takes it?”', async ({ context, page, startPrivateServer }) => {
  const server = await startPrivateServer({ env: onlyWhenAsked })
  const api = new Api(server)
  const [large, small] = [await api.createRepository(), await api.createRepository()]
  const pushTo = (name: string, tag: string, content: string) =>
    pushAll((...request) => send(server, ...request), `test/${name}`, [
      manifestOf(emptyConfig, [{ mediaType: layerType, bytes: Buffer.from(content) }], { tag }),
    ])
  await pushTo(large.name, 'v1', 'large'.repeat(1024 * 1024))
  await pushTo(small.name, 'v1', 'small'.repeat(1024))
  await context.request.post(`${server.url}/api/v1/session`, {
    headers: { origin: server.url },
    data: { userName: server.admin.name, password: server.admin.password },
  })
  const clicks = await countClicks(page)
  await page.goto(`${server.url}${overviewAddress(await api.defaultInstance())}`)

  const card = page.getByRole('region', { name: 'Storage', exact: true })
  await expect(card).toContainText('5.0 MiB are stored')
  const rows = card.getByRole('table', { name: 'Storage' }).getByRole('row')
  await expect(rows).toHaveText([
    /Repository/,
    new RegExp(`test/${large.name}.*5\\.0 MiB`),
    new RegExp(`test/${small.name}`),
  ])
  expect(clicks()).toBe(0)
  await card.getByRole('link', { name: `test/${large.name}`, exact: true }).click()
  await expect(page.getByRole('heading', { level: 1, name: `test/${large.name}` })).toBeVisible()
  expect(clicks()).toBe(1)
})
