import { expect, pushImage, test } from '../../fixtures'
import { instanceAddress } from '../../pages/addresses'
import { countClicks } from './clicks'

test('“Who pushed this tag, when, and with what?”', async ({ api, page, server, signIn }) => {
  const repository = await api.createRepository()
  await pushImage(server, `test/${repository.name}`, 'v1')
  await signIn()
  const clicks = await countClicks(page)
  await page.goto(`${instanceAddress(await api.defaultInstance(), 'repositories')}?search=${repository.name}`)

  await page.getByRole('link', { name: repository.name, exact: true }).click()
  await page.getByRole('link', { name: 'Tags' }).click()
  const row = page.getByRole('table', { name: 'Tags' }).getByRole('row', { name: 'v1' })
  await expect(row).toContainText(server.admin.name)
  await expect(row.getByRole('time')).toHaveAttribute('title', /\d/)

  // With which client, and from where: on the page of the tag.
  await row.getByRole('link', { name: 'v1', exact: true }).click()
  const details = page.getByRole('region', { name: 'Details' })
  await expect(details).toContainText(server.admin.name)
  await expect(details).toContainText('node')
  await expect(details).toContainText('127.0.0.1')
  expect(clicks()).toBe(3)
})
