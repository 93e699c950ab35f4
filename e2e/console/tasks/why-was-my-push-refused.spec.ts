import { expect, pushImage, test } from '../../fixtures'
import { overviewAddress } from '../../pages/addresses'
import { countClicks } from './clicks'

test('“Why was my push refused, and what do I do now?”', async ({ api, page, server, signIn }) => {
  const repository = await api.createRepository({ tagImmutability: true })
  const path = `test/${repository.name}`
  await pushImage(server, path, 'v1', 'one')
  await expect(pushImage(server, path, 'v1', 'two')).rejects.toThrow('409')
  await signIn()
  const clicks = await countClicks(page)
  await page.goto(overviewAddress(await api.defaultInstance()))

  await page.getByRole('link', { name: 'Blocked Pushes' }).click()
  await page.getByRole('searchbox', { name: 'Search refused pushes' }).fill(repository.name)
  const refusal = page.getByRole('table', { name: 'Blocked Pushes' }).getByRole('row').filter({ hasText: path })
  await expect(refusal).toContainText(server.admin.name)
  await refusal.getByRole('button', { name: 'Details of what happened to v1' }).click()
  const dialog = page.getByRole('dialog', { name: 'Tag: Refused' })
  await expect(dialog).toContainText('The requested tag already exists and cannot be overwritten.')
  await expect(dialog).toContainText('Push under a name that is new each time.')
  expect(clicks()).toBe(2)
})
