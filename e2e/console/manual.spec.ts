import { CommandLine } from '../clients/command-line'
import { expect, test } from '../fixtures'

test('Help leads to the manual, whose links lead to its pages and headings', async ({ page, signIn }) => {
  await signIn()
  await page.goto('/')
  await page.getByRole('button', { name: 'Help' }).click()
  await page.getByRole('menuitem', { name: 'Manual' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Manual' })).toBeVisible()
  await page.getByRole('main').getByRole('link', { name: 'Security', exact: true }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Security' })).toBeVisible()
  await expect(page).toHaveTitle('Security · Stele')

  // Every link of every page leads somewhere.
  const seen = new Set<string>(['/docs'])
  for (const address of seen) {
    const response = await page.request.get(address)
    expect(response.status(), address).toBe(200)
    const text = await response.text()
    const ids = new Set([...text.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id))
    for (const [, link = ''] of text.matchAll(/ href="(#[^"]+)"/g)) {
      if (link !== '#main') expect(ids, `${address}: ${link}`).toContain(decodeURIComponent(link.slice(1)))
    }
    for (const [, link = ''] of text.matchAll(/ href="(\/docs[^"#]*)/g)) {
      if (!link.startsWith('/docs/api')) seen.add(link)
    }
  }
  expect(seen.size).toBeGreaterThan(20)
})

test('nobody needs to log on to read the manual, and it shows no other file', async ({ page, request }) => {
  await page.goto('/docs/immutability')
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Tag immutability: the rule')
  for (const path of [
    '/docs/..%2fpackage.json',
    '/docs/nothing',
    '/docs/gallery/README',
    '/docs/api/nothing',
    '/docs/%00',
  ]) {
    expect([400, 404], path).toContain((await request.get(path)).status())
  }
})

test('the reference of the REST API finds an operation, shows it, and calls it', async ({
  api,
  context,
  page,
  server,
  signIn,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  const repository = await api.createRepository()
  await signIn()
  await page.goto('/docs/api')
  await page.getByLabel('Find an operation').fill('patch repositories repositoryId}')
  await expect(page.getByRole('status').filter({ hasText: 'operation' })).toHaveText('1 operation')
  await page.getByRole('link', { name: /PATCH \/repositories\/\{repositoryId\}/ }).click()
  await expect(page.getByRole('region', { name: 'Request body' })).toContainText('immutability.mode')
  await expect(page.getByRole('region', { name: 'Errors' })).toContainText('PRECONDITION_FAILED')

  const form = page.getByRole('region', { name: 'Try it' })
  const send = form.getByRole('button', { name: 'Send PATCH' })
  await expect(send).toBeDisabled()
  await form.getByLabel('repositoryId').fill(repository.id)
  await form.getByLabel('Request body').fill('{ "summary": "it\'s tried" }')
  await send.click()
  await expect(form.locator('.api-answer')).toContainText('Status 200')
  await expect(form.locator('.api-answer')).toContainText('"summary": "it\'s tried"')

  await form.getByLabel('Request body').fill('{ "summary": 1 }')
  await send.click()
  await expect(form.locator('.api-answer')).toContainText('Status 400')
  await expect(form.locator('.api-answer')).toContainText('BAD_REQUEST')

  await form.getByLabel('Request body').fill('{ "summary": "by curl" }')
  await form.getByRole('button', { name: 'Copy the API call' }).click()
  const command = await page.evaluate(() => navigator.clipboard.readText())
  const key = { KEY_ID: server.accessKey.id, KEY_SECRET: server.accessKey.secret }
  await new CommandLine('sh', ['-c'], key).run([command])
  expect(await api.repository(repository.id)).toMatchObject({ summary: 'by curl' })
})

test('who is not logged on reads the reference and calls nothing', async ({ page }) => {
  await page.goto('/docs/api/updateRepository')
  await expect(page.getByRole('region', { name: 'Try it' })).toContainText('Log on to try it.')
  await expect(page.getByRole('button', { name: /^Send/ })).toHaveCount(0)
})
