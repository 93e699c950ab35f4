import { readFile } from 'node:fs/promises'
import { evidence } from '@/lib/domain/transparency/evidence'
import { expect, pushImage, test } from '../fixtures'
import { overviewAddress, repositoryAddress } from '../pages/addresses'

test.beforeEach(async ({ signIn }) => signIn())

test('a tag’s page names the leaf that tells of it, and downloads the evidence', async ({ api, page, server }) => {
  const repository = await api.createRepository({ tagImmutability: true })
  const path = `${repository.namespace}/${repository.name}`
  const digest = await pushImage(server, path, 'v1')
  await page.goto(`${repositoryAddress(repository, 'tags')}/v1`)
  const details = page.getByRole('region', { name: 'Details' })
  await expect(details).toContainText(/Leaf \d+/)
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

test('Public log is a switch of the instance', async ({ api, page, server }) => {
  const instance = await api.createInstance()
  const checkpoint = () => fetch(`${server.url}/log/${instance.id}/checkpoint`).then(({ status }) => status)
  await page.goto(overviewAddress(instance))
  expect(await checkpoint()).toBe(401)
  await page.getByRole('switch', { name: 'Public log' }).click()
  await expect(page.getByText(`Everybody may now read the transparency log of ${instance.name}`)).toBeVisible()
  await expect.poll(checkpoint).toBe(200)
  await page.getByRole('switch', { name: 'Public log' }).click()
  await expect(page.getByText(`for those who may pull from all of it`)).toBeVisible()
  expect(await checkpoint()).toBe(401)
})
