import { expect, pushImage, test } from '../fixtures'
import { repositoryAddress } from '../pages/addresses'

/* Scroll bars that take room, as a mouse has them. Playwright hides them otherwise. */
test.use({
  launchOptions: async ({ launchOptions }, use) => {
    await use({ ...launchOptions, ignoreDefaultArgs: ['--hide-scrollbars'] })
  },
})

test('a table comes to rest, also where the rows that hold folded columns bring a scroll bar', async ({
  api,
  page,
  server,
  signIn,
}) => {
  const repository = await api.createRepository()
  for (let at = 0; at < 6; at += 1) await pushImage(server, `test/${repository.name}`, `v1.${at}`)
  const errors: string[] = []
  page.on('pageerror', (error) => errors.push(String(error)))
  await signIn()
  // So low that the page scrolls: its height is that of what it shows.
  await page.setViewportSize({ width: 1100, height: 300 })
  await page.goto(repositoryAddress(repository, 'tags'))
  const last = page.getByRole('link', { name: 'v1.0', exact: true })
  await expect(last).toBeVisible()
  const whole = await page.evaluate(() => document.documentElement.scrollHeight)
  const bars = new Set<number>()
  for (let height = whole + 40; height > whole - 80; height -= 10) {
    await page.setViewportSize({ width: 1100, height })
    await page.reload()
    await expect(last).toBeVisible()
    bars.add(await page.evaluate(() => innerWidth - document.documentElement.clientWidth))
  }
  expect(errors).toEqual([])
  // Without one and with one: the heights between were tried.
  expect(bars.size).toBe(2)
})
