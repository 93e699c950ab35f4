import { expect, pushImage, test, uniqueName } from '../../fixtures'
import { instancesAddress } from '../../pages/addresses'
import { countClicks } from './clicks'

test('“I work without a mouse: find the repository, make it immutable, and see that a tag is protected.”', async ({
  api,
  page,
  server,
  signIn,
}) => {
  const repository = await api.createRepository({ name: uniqueName('keys') })
  await pushImage(server, `test/${repository.name}`, 'v1')
  await signIn()
  const clicks = await countClicks(page)
  await page.goto(instancesAddress())
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()

  await page.keyboard.press('/')
  await page.keyboard.type(repository.name)
  await expect(page.getByRole('option', { selected: true })).toContainText(repository.name)
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { level: 1, name: `test/${repository.name}` })).toBeVisible()

  await tabTo(page.getByRole('link', { name: 'Details', exact: true }))
  await page.keyboard.press('Enter')
  const details = page.getByRole('region', { name: 'Details' })
  await tabTo(details.getByRole('button', { name: 'Edit', exact: true }))
  await page.keyboard.press('Enter')
  const dialog = page.getByRole('dialog', { name: 'Modify Settings' })
  await tabTo(dialog.getByRole('checkbox', { name: 'Immutable' }))
  await page.keyboard.press('Space')
  await tabTo(dialog.getByRole('button', { name: 'Confirm', exact: true }))
  await page.keyboard.press('Enter')
  await expect(dialog).toHaveCount(0)
  await expect(details).toContainText('Immutable')

  await tabTo(page.getByRole('link', { name: /^Tags/ }))
  await page.keyboard.press('Enter')
  await expect(page.getByRole('table', { name: 'Tags' }).getByRole('row', { name: 'v1' })).toContainText('Protected')
  expect(clicks()).toBe(0)

  /** Presses Tab, or Shift and Tab, until the element has the focus: both ways reach everything. */
  async function tabTo(target: ReturnType<typeof page.getByRole>): Promise<void> {
    await target.waitFor()
    for (let presses = 0; presses < 80; presses += 1) {
      if (await target.evaluate((element) => element === document.activeElement)) return
      await page.keyboard.press('Tab')
    }
    throw new Error('the keyboard does not come there')
  }
})
