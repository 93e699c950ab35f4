import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Locator, Page } from '@playwright/test'
import type { z } from 'zod'
import { garbageCollection, type scrub } from '@/lib/api/schemas/maintenance'
import { Api, basic } from '../api'
import { audit, looks } from '../axe'
import { digestOf } from '../digest'
import { failOnce } from '../faults'
import { expect, pushImage, test } from '../fixtures'
import { instancesAddress, maintenanceAddress } from '../pages/addresses'
import type { ServerInfo } from '../server'

type GarbageCollection = z.infer<typeof garbageCollection>
type Scrub = z.infer<typeof scrub>

/* Runs are of the whole server: a test that starts one has a server of its own, and the schedule leaves it alone. */
const onlyWhenAsked = { STELE_GC_INTERVAL_HOURS: '0', STELE_SCRUB_INTERVAL_HOURS: '0' }

test('a dry run says what a run would free, and Run Now frees it', async ({ page, signIn, startPrivateServer }) => {
  const server = await startPrivateServer({ env: onlyWhenAsked })
  await signIn(server)
  const api = new Api(server)
  const { namespace, name } = await api.createRepository()
  const path = `${namespace}/${name}`
  await pushImage(server, path, 'v1')
  const garbage = Buffer.alloc(1024 * 1024, 'no image names these bytes')
  await pushBlob(server, path, garbage)

  await page.goto(server.url + instancesAddress())
  await page.getByRole('list', { name: 'Maintenance' }).getByRole('link', { name: 'Garbage Collection' }).click()
  await expect(page.getByRole('heading', { name: 'No garbage collection yet' })).toBeVisible()
  await expect(fact(page, 'Next Run')).toHaveText('only when asked')
  await expect(fact(page, 'Grace Period')).toContainText('24 hours')

  await page.getByRole('button', { name: 'Dry Run' }).click()
  await expect(toast(page, 'Nothing to free')).toBeVisible()
  await expect(rows(page)).toHaveCount(1)
  await expect(rows(page).first()).toContainText('Dry Run')

  // Somebody else’s, without the grace period that spares what was just pushed.
  const other = await api.send('POST', '/garbage-collections', garbageCollection, { isDryRun: true, graceSeconds: 0 })
  const state = async () => (await api.send('GET', `/garbage-collections/${other.id}`, garbageCollection)).state
  await expect.poll(state).toBe('SUCCEEDED')
  await page.getByRole('button', { name: 'Refresh' }).click()
  await expect(rows(page)).toHaveCount(2)
  await expect(rows(page).first()).toContainText('Dry Run')
  await expect(rows(page).first().getByRole('cell')).toHaveText(
    ['Completed', 'Would free 1.0 MiB', '0', '1', '1', '0', '0s', /s$/, 'admin'],
    { useInnerText: true },
  )
  await expect(figure(page, 'Last Dry Run', 'Would Free')).toContainText('1.0 MiB')
  expect(await hasBlob(server, path, garbage)).toBe(true)

  const dialog = page.getByRole('dialog', { name: 'Run Garbage Collection' })
  const grace = dialog.getByLabel('Grace period in hours')
  await page.getByRole('button', { name: 'Run Now' }).click()
  await expect(grace).toBeFocused()
  await expect(grace).toHaveValue('24')
  await expect(grace).toHaveAccessibleDescription(/stays, although no image names it yet\. The setting is 24 hours\.$/)
  await expect(dialog).toContainText('No push or pull is interrupted.')
  await expect(dialog).toContainText('would have freed 1.0 MiB: 1 blob, 1 link, 0 uploads; with a grace period of 0s.')
  await grace.fill('soon')
  await page.keyboard.press('Enter')
  await expect(grace).toHaveAccessibleDescription('A whole number from 0 to 8760.')
  await grace.fill('1')
  await expect(dialog.getByRole('status')).toBeEmpty()
  await page.keyboard.press('Enter')
  await expect(dialog).toBeHidden()
  await expect(rows(page)).toHaveCount(3)
  await expect(rows(page).first()).toContainText('Nothing to free')
  expect(await hasBlob(server, path, garbage)).toBe(true)

  await page.getByRole('button', { name: 'Run Now' }).click()
  await grace.fill('0')
  await expect(dialog.getByRole('status')).toContainText('Without a grace period')
  await dialog.getByRole('button', { name: 'Run Now' }).click()
  await expect(toast(page, 'Freed 1.0 MiB')).toContainText('1 blob, 1 link, 0 uploads')
  await expect(rows(page)).toHaveCount(4)
  await expect(rows(page).first()).toContainText('Freed 1.0 MiB')
  await expect(rows(page).first()).not.toContainText('Dry Run')
  await expect(figure(page, 'Last Run', 'Freed')).toContainText('1.0 MiB')
  expect(await hasBlob(server, path, garbage)).toBe(false)
  await page.reload()
  await expect(rows(page).first()).toContainText('Freed 1.0 MiB')
})

test('a scrub that finds a corrupt blob says so and how it is healed; healed, it says so no more', async ({
  page,
  signIn,
  startPrivateServer,
}) => {
  const server = await startPrivateServer({ env: onlyWhenAsked })
  await signIn(server)
  const { namespace, name } = await new Api(server).createRepository()
  const path = `${namespace}/${name}`
  await pushImage(server, path, 'v1', 'the layer')
  const hex = digestOf(Buffer.from('the layer')).slice('sha256:'.length)
  await writeFile(join(server.dataDir, 'blobs', 'sha256', hex.slice(0, 2), hex), 'not layer')

  await page.goto(server.url + maintenanceAddress('scrub'))
  await runScrub(page)
  const alert = page.getByRole('main').getByRole('alert')
  await expect(alert).toContainText('The scrub found 1 corrupt blob.')
  await expect(alert).toContainText('Push the images that hold them again, and they are whole.')
  await expect(toast(page, 'The scrub found corruption')).toContainText('1 corrupt blob')
  await expect(figure(page, 'Last Run', 'Corrupt Blobs')).toContainText('1')
  await expect(rows(page).first()).toContainText('1 corrupt blob')
  await page.reload()
  await expect(alert).toContainText('The scrub found 1 corrupt blob.')

  await pushImage(server, path, 'v1', 'the layer')
  await runScrub(page)
  await expect(toast(page, 'The scrub found everything sound')).toBeVisible()
  await expect(alert).toHaveCount(0)
  await expect(rows(page).first()).toContainText('All sound')
  await expect(rows(page).nth(1)).toContainText('1 corrupt blob')
})

test('a run that goes on grows before one’s eyes, until a toast says what it did', async ({ page, signIn }) => {
  await signIn()
  await page.clock.install()
  const going = collection({ state: 'RUNNING', endedAt: null, startedBy: 'li.na' })
  const answers = [
    [{ ...going, examinedBlobs: 100, removedBlobs: 1, removedBytes: 1024 }],
    [{ ...going, examinedBlobs: 200, removedBlobs: 2, removedBytes: 2048 }],
    [collection({ examinedBlobs: 300, removedBlobs: 3, removedBytes: 3072, startedBy: 'li.na' })],
  ]
  let asked = 0
  await page.route(/\/api\/v1\/garbage-collections/, (route) =>
    route.fulfill({ json: pageOf(answers[Math.min(asked++, 2)] ?? []) }),
  )
  await page.goto(maintenanceAddress('garbage-collection'))
  await expect(figure(page, 'Running Now', 'Freed')).toContainText('1.0 KiB')
  await expect(page.getByRole('button', { name: 'Run Now' })).toHaveAttribute('aria-busy', 'true')
  await expect(page.getByRole('button', { name: 'Dry Run' })).toBeDisabled()
  await expect(figure(page, 'Running Now', 'Freed')).toContainText('2.0 KiB')
  await expect(figure(page, 'Running Now', 'Blobs')).toContainText('of 200 examined')
  await expect(toast(page, 'Freed 3.0 KiB')).toContainText('3 blobs')
  await expect(figure(page, 'Last Run', 'Freed')).toContainText('3.0 KiB')
  await expect(page.getByRole('button', { name: 'Run Now' })).not.toHaveAttribute('aria-busy')
  // Nobody asks any more, however long the page stays open, but at a press of Refresh.
  const whenEnded = asked
  await page.clock.fastForward(60_000)
  await page.getByRole('button', { name: 'Refresh' }).click()
  await expect.poll(() => asked).toBe(whenEnded + 1)
})

test('who starts one while another runs is told so, and sees it', async ({ page, signIn }) => {
  await signIn()
  let isRunning = false
  await page.route(/\/api\/v1\/garbage-collections/, (route) => {
    if (route.request().method() === 'POST') {
      isRunning = true
      return route.fulfill({
        status: 409,
        contentType: 'application/problem+json',
        json: { type: 'about:blank', title: 'x', status: 409, detail: 'x', code: 'ALREADY_RUNNING', requestId: 'x' },
      })
    }
    return route.fulfill({ json: pageOf(isRunning ? [collection({ state: 'RUNNING', endedAt: null })] : []) })
  })
  const refusal = 'One is running already. Wait until it has ended, then try again.'
  await page.goto(maintenanceAddress('garbage-collection'))
  await page.getByRole('button', { name: 'Run Now' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: 'Run Now' }).click()
  await expect(dialog.getByRole('alert')).toContainText(refusal)
  await page.keyboard.press('Escape')
  await expect(page.getByRole('region', { name: 'Running Now' })).toBeVisible()

  isRunning = false
  await page.reload()
  await page.getByRole('button', { name: 'Dry Run' }).click()
  await expect(toast(page, refusal)).toBeVisible()
  await expect(page.getByRole('region', { name: 'Running Now' })).toBeVisible()
})

test('a list that did not load offers Retry, and a run that failed says why', async ({ page, signIn }) => {
  await signIn()
  await page.route(/\/api\/v1\/garbage-collections/, (route) =>
    route.fulfill({
      json: pageOf([collection({ state: 'FAILED', failure: 'the server was stopped', removedBytes: 5 })]),
    }),
  )
  await failOnce(page, 'GET', /\/api\/v1\/garbage-collections/, 500)
  await page.goto(maintenanceAddress('garbage-collection'))
  const alert = page.getByRole('main').getByRole('alert')
  await expect(alert).toContainText('The list did not load')
  await alert.getByRole('button', { name: 'Retry' }).click()
  await expect(alert).toContainText('The last garbage collection failed. The server was stopped.')
  await expect(rows(page).first()).toContainText('Failed')
  await expect(rows(page).first()).toContainText('The server was stopped.')
})

test('the list has pages, and a page has an address', async ({ page, signIn }) => {
  await signIn()
  const all = Array.from({ length: 45 }, (_, index) => collection({ id: String(45 - index), removedBytes: 45 - index }))
  await page.route(/\/api\/v1\/garbage-collections/, (route) => {
    const query = new URL(route.request().url()).searchParams
    const from = Number(query.get('cursor') ?? 0)
    const next = from + Number(query.get('pageSize'))
    const nextCursor = next < all.length ? String(next) : null
    return route.fulfill({ json: { items: all.slice(from, next), nextCursor, totalCount: all.length } })
  })
  await page.goto(maintenanceAddress('garbage-collection'))
  await expect(page.getByText('45 runs')).toBeVisible()
  await expect(rows(page)).toHaveCount(20)
  await page.getByRole('link', { name: 'Next page' }).click()
  await expect(rows(page).first()).toContainText('Freed 25 B')
  // The section above is about the newest run, whatever page is shown.
  await expect(figure(page, 'Last Run', 'Freed')).toContainText('45 B')
  await page.reload()
  await expect(rows(page).first()).toContainText('Freed 25 B')
  await page.goBack()
  await expect(rows(page).first()).toContainText('Freed 45 B')
})

test('the region one was in stays on pages that belong to none', async ({ page, signIn }) => {
  await signIn()
  await page.goto(instancesAddress('eu-central-1'))
  const region = page.getByRole('banner').getByRole('button', { name: /^Region/ })
  await page.getByRole('link', { name: 'Scrub' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Scrub' })).toBeVisible()
  await expect(region).toContainText('Germany (Frankfurt)')
  await page.goto('/maintenance')
  await expect(page.getByRole('heading', { level: 1, name: 'Garbage Collection' })).toBeVisible()
  await expect(region).toContainText('Germany (Frankfurt)')
  await page.getByRole('navigation').getByRole('link', { name: 'Instances' }).click()
  await expect(page).toHaveURL(instancesAddress('eu-central-1'))
})

test('with the keyboard alone one can run a scrub', async ({ page, signIn, startPrivateServer }) => {
  const server = await startPrivateServer({ env: onlyWhenAsked })
  await signIn(server)
  await page.goto(server.url + maintenanceAddress('scrub'))
  const runNow = page.getByRole('main').getByRole('button', { name: 'Run Now' })
  await tabTo(page, runNow)
  await page.keyboard.press('Enter')
  const dialog = page.getByRole('dialog', { name: 'Run Scrub' })
  await expect(dialog.getByRole('button', { name: 'Cancel' })).toBeFocused()
  await page.keyboard.press('Escape')
  await expect(dialog).toBeHidden()
  await expect(runNow).toBeFocused()
  await expect(rows(page)).toHaveCount(0)

  await page.keyboard.press('Enter')
  await tabTo(page, dialog.getByRole('button', { name: 'Run Now' }))
  await page.keyboard.press('Enter')
  await expect(dialog).toBeHidden()
  await expect(runNow).toBeFocused()
  await expect(rows(page)).toHaveCount(1)
  await expect(rows(page).first()).toContainText('Completed')
})

const words = {
  en: { dryRun: 'Dry Run', runNow: 'Run Now', wouldFree: 'Would free 1.0 KiB', corrupt: '2 corrupt blobs' },
  'zh-CN': { dryRun: '模拟运行', runNow: '立即运行', wouldFree: '可释放 1.0 KiB', corrupt: '2 个损坏的数据块' },
} as const

for (const [colorScheme, locale] of looks) {
  const word = words[locale]
  test.describe(() => {
    test.use({ locale, colorScheme, contextOptions: { reducedMotion: 'reduce' } })

    test(`axe finds nothing, nothing is cut off, and all is in its language: ${colorScheme}, ${locale}`, async ({
      page,
      signIn,
    }) => {
      await signIn()
      await page.route(/\/api\/v1\/garbage-collections/, (route) =>
        route.fulfill({
          json: pageOf([
            collection({ id: '3', state: 'RUNNING', endedAt: null, isDryRun: true, removedBytes: 1024 }),
            collection({ id: '2', state: 'FAILED', failure: 'its process ended' }),
            collection({ startedBy: 'n'.repeat(60) }),
          ]),
        }),
      )
      await page.route(/\/api\/v1\/scrubs/, (route) =>
        route.fulfill({ json: pageOf([scrubRun({ corruptBlobs: 2, corruptManifests: 1 })]) }),
      )
      await page.goto(maintenanceAddress('garbage-collection'))
      await expect(page.getByRole('button', { name: word.dryRun })).toBeVisible()
      await expect(rows(page).first()).toContainText(word.wouldFree)
      await auditAtAllWidths(page, 'garbage collection')

      await page.goto(maintenanceAddress('scrub'))
      await expect(page.getByRole('main').getByRole('alert')).toContainText(word.corrupt)
      await auditAtAllWidths(page, 'scrub')
      await page.getByRole('button', { name: word.runNow }).click()
      await expect(page.getByRole('dialog')).toBeVisible()
      await audit(page, 'Run Scrub')

      await page.unrouteAll()
      await page.route(/\/api\/v1\/garbage-collections/, (route) =>
        route.fulfill({ json: pageOf([collection({ isDryRun: true, removedBytes: 1024 })]) }),
      )
      await page.goto(maintenanceAddress('garbage-collection'))
      await page.getByRole('button', { name: word.runNow }).click()
      await page.getByRole('dialog').getByRole('textbox').fill('0')
      await expect(page.getByRole('dialog').getByRole('status')).not.toBeEmpty()
      await audit(page, 'Run Garbage Collection')
    })
  })
}

async function auditAtAllWidths(page: Page, where: string): Promise<void> {
  for (const width of [1440, 1024, 390, 360]) {
    await page.setViewportSize({ width, height: 900 })
    const wider = await page.evaluate(() => {
      const { clientWidth, scrollWidth } = document.documentElement
      return scrollWidth - clientWidth
    })
    expect(wider, `${where} at ${width}`).toBe(0)
    if (width !== 360) await audit(page, `${where} at ${width}`)
  }
}

async function runScrub(page: Page): Promise<void> {
  await page.getByRole('main').getByRole('button', { name: 'Run Now' }).click()
  const dialog = page.getByRole('dialog', { name: 'Run Scrub' })
  await dialog.getByRole('button', { name: 'Run Now' }).click()
  await expect(dialog).toBeHidden()
}

/** Presses Tab until `target` has the focus. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  await expect(target).toBeVisible()
  for (let stops = 0; stops < 40; stops += 1) {
    await page.keyboard.press('Tab')
    if (await target.evaluate((element) => element === document.activeElement)) return
  }
  throw new Error(`Tab does not lead to ${target.toString()}`)
}

function rows(page: Page): Locator {
  return page
    .getByRole('table', { name: 'Runs' })
    .or(page.getByRole('table', { name: '运行记录' }))
    .locator('tbody')
    .getByRole('row')
}

function figure(page: Page, section: string, label: string): Locator {
  return page
    .getByRole('region', { name: section, exact: true })
    .locator('.figure')
    .filter({ has: page.getByText(label, { exact: true }) })
}

function fact(page: Page, label: string): Locator {
  return page.getByRole('term').filter({ hasText: label }).locator('xpath=following-sibling::dd')
}

function toast(page: Page, text: string): Locator {
  return page.getByRole('status').filter({ hasText: text })
}

function pageOf(items: readonly (GarbageCollection | Scrub)[]) {
  return { items, nextCursor: null, totalCount: items.length }
}

const run = {
  id: '1',
  state: 'SUCCEEDED',
  startedBy: 'admin',
  startedAt: '2026-11-22T02:00:00.000Z',
  endedAt: '2026-11-22T02:00:03.000Z',
  examinedBlobs: 0,
  examinedBytes: 0,
  failure: null,
} as const

function collection(change: Partial<GarbageCollection>): GarbageCollection {
  const removedManifests = { removedManifests: 0, removedManifestBytes: 0 }
  const counts = { ...removedManifests, removedLinks: 0, removedBlobs: 0, removedBytes: 0, removedUploads: 0 }
  return { ...run, isDryRun: false, graceSeconds: 86_400, ...counts, ...change }
}

function scrubRun(change: Partial<Scrub>): Scrub {
  return { ...run, corruptBlobs: 0, corruptManifests: 0, ...change }
}

/** Pushes a blob that no manifest names. */
async function pushBlob(server: ServerInfo, path: string, bytes: Buffer): Promise<void> {
  const answer = await registry(server, 'POST', `/v2/${path}/blobs/uploads/?digest=${digestOf(bytes)}`, bytes)
  expect(answer.status).toBe(201)
}

async function hasBlob(server: ServerInfo, path: string, bytes: Buffer): Promise<boolean> {
  const { status } = await registry(server, 'HEAD', `/v2/${path}/blobs/${digestOf(bytes)}`)
  expect([200, 404]).toContain(status)
  return status === 200
}

function registry(server: ServerInfo, method: string, path: string, body?: Buffer): Promise<Response> {
  return fetch(server.url + path, {
    method,
    headers: {
      authorization: basic(server.admin.name, server.admin.password),
      ...(body && { 'content-type': 'application/octet-stream' }),
    },
    ...(body && { body: new Uint8Array(body) }),
  })
}
