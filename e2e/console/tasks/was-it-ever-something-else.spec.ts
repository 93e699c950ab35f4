import { expect, pushImage, test } from '../../fixtures'
import { repositoryAddress } from '../../pages/addresses'
import { countClicks } from './clicks'

test('“Was v1.2.3 ever something else?”', async ({ api, page, server, signIn }) => {
  const repository = await api.createRepository()
  const path = `test/${repository.name}`
  const before = await pushImage(server, path, 'v1.2.3', 'one')
  const now = await pushImage(server, path, 'v1.2.3', 'two')
  await pushImage(server, path, 'v1.2.4')
  await signIn()
  const clicks = await countClicks(page)
  await page.goto(repositoryAddress(repository, 'tags'))

  await page.getByRole('link', { name: 'v1.2.3', exact: true }).click()
  const history = page.getByRole('region', { name: 'History' })
  const moved = history.getByRole('listitem').first()
  await expect(moved).toContainText('Moved')
  await expect(moved).toContainText(before.slice(7, 19))
  await expect(moved).toContainText(now.slice(7, 19))
  await expect(moved).toContainText(server.admin.name)
  expect(clicks()).toBe(1)

  // One that never moved says so by having one entry.
  await page.goto(`${repositoryAddress(repository, 'tags')}/v1.2.4`)
  await expect(history.getByRole('listitem')).toHaveText([/Created/])
})
