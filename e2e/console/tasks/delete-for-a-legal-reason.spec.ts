import { expect, pushImage, test } from '../../fixtures'
import { repositoryAddress } from '../../pages/addresses'
import { countClicks } from './clicks'

test('“This immutable tag must go, for a legal reason, and nobody may put something else there.”', async ({
  api,
  page,
  server,
  signIn,
}) => {
  const repository = await api.createRepository({ tagImmutability: true })
  const path = `test/${repository.name}`
  const digest = await pushImage(server, path, 'v1', 'of somebody else')
  await signIn()
  const clicks = await countClicks(page)
  await page.goto(repositoryAddress(repository, 'tags'))

  await page.getByRole('button', { name: 'Delete v1' }).click()
  const dialog = page.getByRole('dialog', { name: 'Delete Tag' })
  await dialog.getByLabel('Reason').fill('Takedown notice 2026-17')
  await dialog.getByRole('button', { name: 'Delete Tag' }).click()
  await expect(page.getByRole('status').filter({ hasText: 'Tag v1 was deleted' })).toBeVisible()
  expect(clicks()).toBe(2)

  // The name is reserved, and why is kept where auditors look.
  await page.getByRole('link', { name: 'Immutability' }).click()
  const reserved = page.getByRole('table', { name: 'Reserved Names' }).getByRole('row', { name: 'v1' })
  await expect(reserved).toContainText('Takedown notice 2026-17')
  expect(clicks()).toBe(3)
  await expect(pushImage(server, path, 'v1', 'something else')).rejects.toThrow('409')
  expect(await pushImage(server, path, 'v1', 'of somebody else')).toBe(digest)
})
