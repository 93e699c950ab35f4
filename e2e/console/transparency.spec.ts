import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { transparencyLog } from '@/lib/api/schemas/instances'
import { evidence } from '@/lib/domain/transparency/evidence'
import { Api } from '../api'
import { startLitewitness } from '../clients/litewitness'
import { expect, pushImage, test } from '../fixtures'
import { overviewAddress, repositoryAddress } from '../pages/addresses'

test.beforeEach(async ({ signIn }) => signIn())

test('a tag’s page names the leaf that tells of it, and downloads the evidence', async ({ api, page, server }) => {
  const repository = await api.createRepository({ tagImmutability: true })
  const path = `${repository.namespace}/${repository.name}`
  const digest = await pushImage(server, path, 'v1')
  const details = page.getByRole('region', { name: 'Details' })
  // The log tells of it within seconds.
  await expect(async () => {
    await page.goto(`${repositoryAddress(repository, 'tags')}/v1`)
    await expect(details).toContainText(/Leaf \d+/, { timeout: 3_000 })
  }).toPass({ timeout: 40_000 })
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    details.getByRole('link', { name: 'Download the evidence of v1' }).click(),
  ])
  expect(download.suggestedFilename()).toBe('evidence-v1.json')
  const file = evidence.parse(JSON.parse(await readFile(await download.path(), 'utf8')))
  expect(file).toMatchObject({ repository: path, tag: 'v1', served: digest, verdict: { digest, isProtected: true } })
})

test('the Immutability page shows the log and how to verify it', async ({ api, page }) => {
  const repository = await api.createRepository({})
  await page.goto(repositoryAddress(repository, 'immutability'))
  const log = page.getByRole('region', { name: 'Transparency log' })
  await expect(log).toContainText(/\d+ (leaf|leaves)/)
  await expect(log).toContainText('those who may pull from the whole instance')
  await expect(log.getByRole('button', { name: 'Copy the public key' })).toBeVisible()
  await expect(log).toContainText(/npm run stele -- log verify .*\/log\//s)
  await expect(log).toContainText(/ --key \S+ --credential-stdin/)
})

test('the card shows who has cosigned the log, who is behind, and who was refused', async ({
  page,
  signIn,
  startPrivateServer,
}) => {
  test.slow()
  const witness = await startLitewitness('witness.north.example')
  // It has seen a larger log, it says.
  const liar = createServer((_, response) =>
    response.writeHead(409, { 'content-type': 'text/x.tlog.size' }).end('4711\n'),
  )
  await new Promise<void>((resolve) => liar.listen(0, '127.0.0.1', resolve))
  const { port } = liar.address() as AddressInfo
  const witnesses = [
    `${witness.key} ${witness.url}`,
    // Nobody listens there.
    `witness.south.example+574f8f94+BOnPYlekZgX0rICLjksGv44IOQ7WEWUfDSvvdG2WORfB http://127.0.0.1:1`,
    `witness.acme-audit.example+ded1d997+BG/xoMsQ93x3keJQOeGcAPzCzp6ARIubaFCyjQoW+c91 http://127.0.0.1:${port}`,
  ]
  const server = await startPrivateServer({ env: { STELE_LOG_WITNESSES: witnesses.join() } })
  try {
    const api = new Api(server)
    const { id } = await api.defaultInstance()
    const read = () => api.send('GET', `/instances/${id}/transparency-log`, transparencyLog)
    // The log begins shortly after the server.
    await expect.poll(async () => (await read()).keys.length, { timeout: 60_000 }).toBe(1)
    const { origin, keys } = await read()
    await witness.know(origin, keys[0] ?? '')
    await signIn(server)
    const repository = await api.createRepository({})
    await page.goto(`${server.url}${repositoryAddress(repository, 'immutability')}`)
    const log = page.getByRole('region', { name: 'Transparency log' })
    const card = log.getByRole('region', { name: 'Witnesses' })
    // It may have been asked several times before it knew the log: the pauses double. The page does not ask for so long.
    await expect(async () => {
      await page.reload()
      await expect(card).toContainText('1 of 3 cosigned', { timeout: 5_000 })
    }).toPass({ timeout: 120_000 })
    await expect(log).toContainText('Disputed')
    await expect(log).toContainText(/\d+ leaves 1 here/)
    const item = (name: string) => card.getByRole('listitem').filter({ hasText: name })
    await expect(item('witness.north.example')).toContainText(/cosigned \d+:\d+/)
    await expect(item('witness.south.example')).toContainText('Behind: has not cosigned anything yet')
    await expect(item('witness.south.example')).toContainText('It cannot be reached.')
    await expect(item('witness.acme-audit.example')).toContainText('It says that it has cosigned 4711 leaves')
    await expect(card.getByRole('button', { name: 'Copy the key of witness.north.example' })).toBeVisible()
  } finally {
    liar.close()
    await witness.stop()
  }
})

test('Public log is a switch of the instance', async ({ api, page, server }) => {
  const instance = await api.createInstance()
  const checkpoint = () => fetch(`${server.url}/log/${instance.id}/checkpoint`).then(({ status }) => status)
  await page.goto(overviewAddress(instance))
  expect(await checkpoint()).toBe(401)
  await page.getByRole('switch', { name: 'Public log' }).click()
  await expect(page.getByText(`Everybody may now read the transparency log of ${instance.name}`)).toBeVisible()
  await expect.poll(checkpoint).toBe(200)
  // It lies in the corner where the switch is.
  await page.getByRole('status').getByRole('button', { name: 'Dismiss' }).click()
  await page.getByRole('switch', { name: 'Public log' }).click()
  await expect(page.getByText(`for those who may pull from all of it`)).toBeVisible()
  expect(await checkpoint()).toBe(401)
})
