import { join } from 'node:path'
import type { Page, Request } from '@playwright/test'
import { scriptBudgetBytes } from '@/scripts/lib/script-budget.mjs'
import { Api } from '../api'
import { CommandLine } from '../clients/command-line'
import { hold } from '../faults'
import { expect, pushImage, test } from '../fixtures'
import { instanceAddress, instancesAddress, overviewAddress, repositoryAddress } from '../pages/addresses'

/* What a page asks for, and when. */

test('no page loads more script than the budget, and its scripts come compressed and may be kept for ever', async ({
  api,
  page,
  server,
  signIn,
}) => {
  // React says it when a page shows something else than the server wrote, and begins it again.
  const errors: string[] = []
  page.on('pageerror', (error) => errors.push(`${page.url()}: ${String(error).slice(0, 200)}`))
  await page.goto('/login')
  await expectWithinBudget(page, '/login')
  await signIn()
  const instance = await api.defaultInstance()
  const repository = await api.createRepository()
  await pushImage(server, `test/${repository.name}`, 'v1')
  const addresses = [
    instancesAddress(),
    overviewAddress(instance),
    ...(['namespaces', 'repositories', 'credentials', 'access-control', 'blocked-pushes'] as const).map((section) =>
      instanceAddress(instance, section),
    ),
    ...(['details', 'tags', 'activity', 'immutability', 'access'] as const).map((section) =>
      repositoryAddress(repository, section),
    ),
    `${repositoryAddress(repository, 'tags')}/v1`,
    ...['/users', '/robots', '/audit', '/maintenance/garbage-collection', '/maintenance/scrub'],
    ...['/account/security', '/account/access-keys', '/docs', '/docs/api'],
  ]
  for (const address of addresses) {
    await expectWithinBudget(page, address)
    await expect(page.locator('[aria-busy="true"]')).toHaveCount(0)
  }
  expect(errors).toEqual([])

  const script = (await page.locator('script[src*="/_next/static/"]').first().getAttribute('src')) ?? ''
  const { headers } = await fetch(server.url + script, { headers: { 'accept-encoding': 'gzip, br' } })
  expect(Object.fromEntries(headers)).toMatchObject({
    'content-encoding': 'br',
    'cache-control': 'public, max-age=31536000, immutable',
    vary: 'Accept-Encoding',
  })
  for (const name of [
    'content-security-policy',
    'x-frame-options',
    'permissions-policy',
    'x-request-id',
    'set-cookie',
  ]) {
    expect(headers.get(name), name).toBeNull()
  }
})

/** Opens a page and measures the scripts that its HTML names, as gzip makes them. */
async function expectWithinBudget(page: Page, address: string): Promise<void> {
  const html = (await (await page.goto(address))?.text()) ?? ''
  const scripts = [...html.matchAll(/<script\b[^>]*>|<link\b[^>]*\bas="script"[^>]*>/g)].map(([tag]) => tag)
  const paths = scripts
    .filter((tag) => !/\bnomodule\b/i.test(tag))
    .flatMap((tag) => /(\/_next\/static\/[^"?]+)/.exec(tag)?.[1] ?? [])
  const urls = [...new Set(paths)].map((path) => new URL(path, page.url()).href)
  expect(urls.length, address).toBeGreaterThan(5)
  const sizes = await Promise.all(urls.map(gzipSize))
  const bytes = sizes.reduce((sum, size) => sum + size, 0)
  expect(bytes, `${address}: bytes of script`).toBeLessThanOrEqual(scriptBudgetBytes)
}

const gzipSizes = new Map<string, Promise<number>>()

function gzipSize(url: string): Promise<number> {
  const known =
    gzipSizes.get(url) ??
    fetch(url, { method: 'HEAD', headers: { 'accept-encoding': 'gzip' } }).then(({ headers }) =>
      Number(headers.get('content-length')),
    )
  gzipSizes.set(url, known)
  return known
}

test('a list fetches the page of a row when it is pointed at, no other, and opens it without asking again', async ({
  api,
  page,
  signIn,
}) => {
  await signIn()
  const repository = await api.createRepository()
  const asked = watchPages(page)
  await page.goto(`${instanceAddress(await api.defaultInstance(), 'repositories')}?search=${repository.name}`)
  const link = page.getByRole('link', { name: repository.name, exact: true })
  await expect(link).toBeVisible()
  await page.waitForLoadState('networkidle')
  expect(asked()).toEqual([])

  const path = repositoryAddress(repository, 'details')
  await link.hover()
  // Not by an event of the request: the router does not always read the answer to its last byte.
  await page.waitForFunction((part) => {
    const all = performance.getEntriesByType('resource') as PerformanceResourceTiming[]
    return all.some(({ name, responseEnd }) => name.includes(part) && responseEnd > 0)
  }, path)
  expect(new Set(asked())).toEqual(new Set([path]))
  const before = asked().length
  await link.click()
  await expect(page.getByRole('heading', { level: 1, name: `test/${repository.name}` })).toBeFocused()
  expect(asked()).toHaveLength(before)

  // The keyboard is a hand too.
  const byFocus = page.waitForRequest((request) => isOfPage(request) && request.url().includes('/immutability'))
  await page
    .getByRole('navigation', { name: /^Repository/ })
    .getByRole('link', { name: 'Immutability' })
    .focus()
  await byFocus
})

test('the focus goes to the heading of a page that is navigated to, and stays where it is on the first', async ({
  api,
  page,
  signIn,
}) => {
  await signIn()
  const instance = await api.defaultInstance()
  await page.goto(instanceAddress(instance, 'repositories'))
  const heading = (name: string) => page.getByRole('heading', { level: 1, name })
  await expect(heading('Repositories')).toBeVisible()
  await expect(page.locator('body')).toBeFocused()
  const pane = page.getByRole('navigation', { name: 'Instance', exact: true })
  await pane.getByRole('link', { name: 'Namespaces' }).click()
  await expect(heading('Namespaces')).toBeFocused()
  await page.goBack()
  await expect(heading('Repositories')).toBeFocused()
  // Another view of the same page is none: the focus stays in the field.
  const search = page.getByRole('searchbox', { name: 'Search repositories' })
  await search.fill('nothing-of-this-name')
  await expect(page).toHaveURL(/search=nothing/)
  await expect(search).toBeFocused()
})

test('a section whose code does not load says so, and Retry loads it', async ({ api, page, server, signIn }) => {
  const repository = await api.createRepository()
  await pushImage(server, `test/${repository.name}`, 'v1')
  await signIn()
  await page.goto(repositoryAddress(repository, 'details'))
  await expect(page.getByRole('region', { name: 'Details' })).toContainText('Private')
  await page.route('**/_next/static/**/*.js', (route) => route.abort())
  await page.getByRole('link', { name: /^Tags/ }).click()
  const retry = page.getByRole('button', { name: 'Retry' })
  await expect(retry).toBeVisible()
  await page.unrouteAll()
  await retry.click()
  await expect(page.getByRole('link', { name: 'v1', exact: true })).toBeVisible()
})

test('a page of what a list had shows at once what the list knew, and the list is there again at once', async ({
  api,
  page,
  server,
  signIn,
}) => {
  await signIn()
  const repository = await api.createRepository({ tagImmutability: true, summary: 'Known to the list' })
  await pushImage(server, `test/${repository.name}`, 'v1')
  await page.goto(`${instanceAddress(await api.defaultInstance(), 'repositories')}?search=${repository.name}`)
  const link = page.getByRole('link', { name: repository.name, exact: true })
  await expect(link).toBeVisible()

  const repositoryHeld = await hold(page, 'GET', /\/repositories\/by-name\?/)
  await link.click()
  await expect(page.getByRole('heading', { level: 1, name: `test/${repository.name}` })).toBeVisible()
  await expect(page.getByRole('region', { name: 'Details' })).toContainText('Known to the list')
  repositoryHeld.release()

  await page.getByRole('link', { name: /^Tags/ }).click()
  const tag = page.getByRole('link', { name: 'v1', exact: true })
  await expect(tag).toBeVisible()
  const tagHeld = await hold(page, 'GET', /\/tags\/v1$/)
  await tag.click()
  await expect(page.getByRole('heading', { level: 1, name: 'v1' })).toBeFocused()
  await expect(page.getByRole('region', { name: 'Details' })).toContainText('Protected')
  tagHeld.release()

  const listsHeld = await hold(page, 'GET', /\/(?:tags|repositories)\?/)
  await page.goBack()
  await expect(tag).toBeVisible()
  await page.goBack()
  await page.goBack()
  await expect(link).toBeVisible()
  listsHeld.release()
})

test('tags that are pushed from elsewhere appear by themselves, which does not keep the session from ending', async ({
  page,
  signIn,
  startPrivateServer,
}) => {
  const server = await startPrivateServer()
  await signIn(server)
  await pushImage(server, 'test/example', 'v1')
  await page.clock.install()
  const { id } = await new Api(server).defaultInstance()
  const repository = `/cn-hangzhou/instance/${id}/repository/test/example`
  await page.goto(`${server.url}${repository}/tags`)
  const tags = page.getByRole('navigation', { name: /^Repository/ }).getByRole('link', { name: /^Tags/ })
  const row = (name: string) => page.getByRole('row').filter({ has: page.getByRole('link', { name, exact: true }) })
  await expect(row('v1')).toBeVisible()

  // An hour without a request: every use of the session would extend it now.
  const sql = (text: string) =>
    new CommandLine(
      process.execPath,
      [
        '--eval',
        `const db = new (require('better-sqlite3'))(${JSON.stringify(join(server.dataDir, 'stele.db'))}); ${text}`,
      ],
      {},
    ).run([])
  const age = 3_600_000
  await sql(`db.exec("UPDATE Session SET lastSeenAt = strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now', '-1 hour')")`)
  const lastSeen = async () => {
    const text = await sql(`console.log(db.prepare('SELECT lastSeenAt FROM Session').pluck().get())`)
    return Date.now() - Date.parse(text)
  }
  expect(await lastSeen()).toBeGreaterThan(age - 60_000)

  await pushImage(server, 'test/example', 'v2')
  // Somebody is there, and asks for nothing.
  await page.keyboard.press('Shift')
  await page.clock.runFor(11_000)
  await expect(row('v2')).toBeVisible()
  await expect(tags).toContainText('2')
  expect(await lastSeen()).toBeGreaterThan(age - 60_000)

  await page.getByRole('button', { name: 'Refresh' }).click()
  await expect.poll(lastSeen).toBeLessThan(age / 2)
})

/** Whether a request asks for a page of the console in the router's own format. */
function isOfPage(request: Request): boolean {
  return request.headers()['rsc'] !== undefined
}

/** Reads the paths of the pages that the router has asked for since. */
function watchPages(page: Page): () => string[] {
  const asked: string[] = []
  page.on('request', (request) => {
    if (isOfPage(request)) asked.push(new URL(request.url()).pathname)
  })
  return () => asked
}
