import { expect, pushImage, test } from '../../fixtures'
import { repositoryAddress } from '../../pages/addresses'
import { countClicks } from './clicks'

test('“What will break if I make it immutable?”', async ({ api, page, server, signIn }) => {
  const repository = await api.createRepository()
  const path = `test/${repository.name}`
  await pushImage(server, path, 'v1', 'stays')
  for (const content of ['one', 'two']) {
    await pushImage(server, path, 'dev-main', content)
    await pushImage(server, path, 'latest', content)
  }
  await signIn()
  const clicks = await countClicks(page)
  await page.goto(repositoryAddress(repository, 'details'))

  await page.getByRole('button', { name: 'Edit', exact: true }).click()
  const dialog = page.getByRole('dialog', { name: 'Modify Settings' })
  await dialog.getByRole('checkbox', { name: 'Immutable' }).click()
  const preview = dialog.getByRole('status')
  // The tag that moved, whose pushes those were, and what stays free.
  await expect(preview).toContainText('2 tags become protected')
  await expect(preview).toContainText('1 moved in the last 30 days')
  await expect(preview).toContainText(`dev-main${server.admin.name}, 1 time`)
  await expect(preview).toContainText('latest stays free')
  expect(clicks()).toBe(2)

  // Nothing has changed by looking.
  await page.keyboard.press('Escape')
  await pushImage(server, path, 'dev-main', 'three')
})
