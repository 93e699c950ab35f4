import type { Page } from '@playwright/test'
import { expect, pushImage, test, uniqueName } from '../fixtures'
import { instanceAddress, repositoryAddress } from '../pages/addresses'

/* What a page shows that lies open: while nobody is there, and when somebody is back. */

test.beforeEach(async ({ signIn }) => signIn())

const transparencyPath = /\/transparency-log\?/

test('what a page shows is read again as soon as somebody is back at it', async ({ api, page }) => {
  const name = uniqueName('left')
  const make = (which: string) => api.createRepository({ name: `${name}/${which}` })
  const row = (which: string) => page.getByRole('row').filter({ hasText: `${name}/${which}` })
  await make('first')
  await page.clock.install()
  await page.goto(`${instanceAddress(await api.defaultInstance(), 'repositories')}?search=${name}`)
  await expect(row('first')).toBeVisible()
  const lists = watch(page, /\/repositories\?search=/)

  await make('second')
  await page.clock.runFor(61_000)
  expect(lists()).toHaveLength(0)
  await page.mouse.move(300, 300)
  await expect(row('second')).toBeVisible()

  // While somebody is there, a press reads nothing.
  await page.clock.runFor(30_000)
  await page.mouse.move(400, 300)
  await page.keyboard.press('Shift')
  expect(lists()).toHaveLength(1)

  await make('third')
  await page.clock.runFor(6_000)
  await page.evaluate(() => window.dispatchEvent(new Event('focus')))
  await expect(row('third')).toBeVisible()

  await make('fourth')
  await page.clock.runFor(6_000)
  await show(page, false)
  await show(page, true)
  await expect(row('fourth')).toBeVisible()
  expect(lists()).toHaveLength(3)
})

test('the card of the log follows it while the page is in sight, long after the last press, and that uses no session', async ({
  api,
  page,
  server,
}) => {
  const repository = await api.createRepository({})
  await page.clock.install()
  await page.goto(repositoryAddress(repository, 'immutability'))
  const log = page.getByRole('region', { name: 'Transparency log' })
  await expect(log).toContainText(/\d+ (leaf|leaves)/)
  await page.clock.runFor(61_000)
  const reads = watch(page, transparencyPath)
  await page.clock.runFor(5_000)
  await expect.poll(() => reads()).toEqual([true])
  await pushImage(server, `test/${repository.name}`, 'v1')
  await expect(async () => {
    await page.clock.runFor(5_000)
    await expect(log).toContainText('2 here', { timeout: 2_000 })
  }).toPass({ timeout: 40_000 })
  expect(reads()).not.toContain(false)

  await show(page, false)
  const before = reads().length
  await page.clock.runFor(60_000)
  expect(reads()).toHaveLength(before)
  await show(page, true)
  await expect.poll(() => reads().length).toBeGreaterThan(before)
})

/** Whether each request to a matching address since then said that nobody is at the page. */
function watch(page: Page, address: RegExp): () => boolean[] {
  const unattended: boolean[] = []
  page.on('request', (request) => {
    if (address.test(request.url())) unattended.push(request.headers()['stele-unattended'] === 'true')
  })
  return () => unattended
}

/** Brings the page into sight, or takes it out of it, as another tab over it does. */
async function show(page: Page, isShown: boolean): Promise<void> {
  await page.evaluate(
    (state) => {
      Object.defineProperty(document, 'visibilityState', { value: state, configurable: true })
      document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))
    },
    isShown ? 'visible' : 'hidden',
  )
}
