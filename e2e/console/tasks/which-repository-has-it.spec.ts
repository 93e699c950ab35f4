import { expect, pushImage, test, uniqueName } from '../../fixtures'
import { instancesAddress } from '../../pages/addresses'
import { countClicks } from './clicks'

test('“Which repositories have v1.2.3?”', async ({ api, page, server, signIn }) => {
  const tag = uniqueName('v1.2.3')
  const repositories = [await api.createRepository(), await api.createRepository()] as const
  for (const { name } of repositories) await pushImage(server, `test/${name}`, tag, name)
  await pushImage(server, `test/${(await api.createRepository()).name}`, 'v1.2.4')
  await signIn()
  const clicks = await countClicks(page)
  await page.goto(instancesAddress())

  await page.getByRole('button', { name: /^Search, Ctrl K/ }).click()
  await page.keyboard.type(tag)
  const found = page.getByRole('group', { name: 'Tags in repositories' }).getByRole('option')
  await expect(found).toHaveText(repositories.map(({ name }) => new RegExp(`test/${name}`)).sort(byText))
  await found.filter({ hasText: repositories[1].name }).click()
  await expect(page.getByRole('heading', { level: 1, name: tag })).toBeVisible()
  await expect(page).toHaveURL(new RegExp(`/test/${repositories[1].name}/`))
  expect(clicks()).toBe(2)
})

function byText(one: RegExp, other: RegExp): number {
  return one.source < other.source ? -1 : 1
}
