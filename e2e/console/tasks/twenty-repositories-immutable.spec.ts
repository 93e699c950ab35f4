import { expect, pushImage, test, uniqueName } from '../../fixtures'
import { instanceAddress } from '../../pages/addresses'
import { countClicks } from './clicks'

test('“From today, all twenty repositories of the team keep their tags”', async ({ api, page, server, signIn }) => {
  const home = await api.defaultInstance()
  const { name: team } = await api.createNamespace({ name: uniqueName('team') }, home.id)
  for (let at = 10; at < 30; at += 1) await api.createRepository({ namespace: team, name: `r${at}` }, home.id)
  await pushImage(server, `${team}/r17`, 'v1', 'one')
  await signIn()
  const clicks = await countClicks(page)
  await page.goto(`${instanceAddress(home, 'repositories')}?namespace=${team}`)

  await page.getByRole('checkbox', { name: 'Select all on this page' }).click()
  await page.getByRole('button', { name: 'Make Immutable' }).click()
  const dialog = page.getByRole('dialog', { name: 'Make Immutable' })
  await expect(dialog.getByRole('status')).toContainText('1 tag becomes protected in 20 repositories')
  await dialog.getByRole('button', { name: 'Confirm for 20' }).click()
  await expect(page.getByText('20 repositories are now immutable.')).toBeVisible()
  expect(clicks()).toBe(3)

  await expect(pushImage(server, `${team}/r17`, 'v1', 'two')).rejects.toThrow('cannot be overwritten')
})
