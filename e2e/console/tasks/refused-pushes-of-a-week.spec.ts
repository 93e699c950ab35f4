import { Api } from '../../api'
import { expect, pushImage, test } from '../../fixtures'
import { overviewAddress } from '../../pages/addresses'
import { countClicks } from './clicks'

test('“Which pushes were refused this week?”', async ({ page, signIn, startPrivateServer }) => {
  test.setTimeout(120_000)
  const server = await startPrivateServer()
  const api = new Api(server)
  const repositories = [
    await api.createRepository({ tagImmutability: true }),
    await api.createRepository({ tagImmutability: true }),
  ]
  for (const { name } of repositories) {
    for (const tag of ['v1', 'v2']) {
      await pushImage(server, `test/${name}`, tag, 'one')
      await expect(pushImage(server, `test/${name}`, tag, 'two')).rejects.toThrow('409')
    }
  }
  await signIn(server)
  const clicks = await countClicks(page)
  const address = `${server.url}${overviewAddress(await api.defaultInstance())}`
  const chart = page.getByRole('slider', { name: 'Refused pushes per day' })
  await expect(async () => {
    await page.goto(address)
    await expect(chart).toHaveAttribute('aria-valuetext', /: Refused 4$/)
  }).toPass({ timeout: 60_000 })
  const figure = page.getByText('Refused pushes, 7 days').locator('..')
  await expect(figure).toContainText('4')
  expect(clicks()).toBe(0)

  await figure.getByRole('link', { name: '4 tags in 2 repositories' }).click()
  const rows = page.getByRole('table', { name: 'Blocked Pushes' }).getByRole('row')
  await expect(rows.filter({ hasText: 'v1' })).toHaveCount(2)
  await expect(rows.filter({ hasText: repositories[0]?.name ?? '' })).toHaveCount(2)
  expect(clicks()).toBe(1)
})
