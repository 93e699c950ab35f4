import { audit, auditInBothWidths } from '../axe'
import { expect, pushImage, test, uniqueName } from '../fixtures'
import { instanceAddress, repositoryAddress } from '../pages/addresses'

test('a tag is opened from a blocked push, overwritten, and closed again with the keyboard', async ({
  api,
  page,
  server,
  signIn,
}) => {
  const repository = await api.createRepository({ name: uniqueName('opened'), tagImmutability: true })
  const path = `test/${repository.name}`
  await pushImage(server, path, 'v1', 'one')
  await expect(pushImage(server, path, 'v1', 'two')).rejects.toThrow('409')
  await signIn()
  await page.goto(`${instanceAddress(await api.defaultInstance(), 'blocked-pushes')}?text=${repository.name}`)
  await page.getByRole('button', { name: 'Details of what happened to v1' }).click()
  await page.getByRole('dialog', { name: 'Tag: Refused' }).getByRole('button', { name: 'Open for 15 Minutes' }).click()
  const dialog = page.getByRole('dialog', { name: 'Open a Tag' })
  await expect(dialog).toContainText(`${path}:v1`)
  await expect(dialog.getByLabel('For')).toBeFocused()
  await expect(dialog.getByLabel('For')).toHaveValue('15')
  await audit(page, 'Open a Tag')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await expect(dialog).toContainText('Say why.')
  await page.keyboard.type('Rebuilt after a CVE')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('status').filter({ hasText: 'v1 is open' })).toBeVisible()

  await pushImage(server, path, 'v1', 'two')
  await page.goto(repositoryAddress(repository, 'immutability'))
  const banner = page.locator('.banner--warn')
  await expect(banner).toContainText(/v1 is open until .*, 15m left\..*Rebuilt after a CVE\. It has moved once\./)
  const row = page.getByRole('table', { name: 'Openings' }).getByRole('row').filter({ hasText: 'v1' })
  await expect(row).toContainText('Open, 15m')
  await expect(row).toContainText('1 time')
  await auditInBothWidths(page, 'Immutability with an open tag')
  await banner.getByRole('button', { name: 'Close v1 now' }).focus()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('status').filter({ hasText: 'v1 is closed' })).toBeVisible()
  await expect(row).toContainText('Closed by hand')
  await expect(banner).toBeHidden()
  await expect(pushImage(server, path, 'v1', 'three')).rejects.toThrow('409')

  await row.getByRole('link', { name: 'Log of v1' }).click()
  await expect(page.getByRole('table', { name: 'Activity' }).locator('tbody td .status')).toHaveText([
    ...['Refused', 'Closed', 'Moved', 'Opened', 'Refused', 'Created'],
  ])
})

test('a tag that needs no opening is refused with the reason, and a second opening too', async ({
  api,
  page,
  server,
  signIn,
}) => {
  const repository = await api.createRepository({ name: uniqueName('opened'), tagImmutability: true })
  for (const tag of ['v1', 'latest']) await pushImage(server, `test/${repository.name}`, tag)
  await signIn()
  await page.goto(repositoryAddress(repository, 'immutability'))
  await expect(page.getByRole('region', { name: 'Openings' })).toContainText('No tag was opened yet.')
  await expect(page.getByRole('region', { name: 'Reserved names' })).toContainText('No name is reserved.')
  await page.getByRole('button', { name: 'Open a Tag' }).click()
  const dialog = page.getByRole('dialog', { name: 'Open a Tag' })
  await dialog.getByLabel('Reason').fill('Why not')
  for (const [tag, answer] of [
    ['latest', 'The tag can be overwritten anyway.'],
    ['v9', 'The repository has no tag of this name.'],
  ] as const) {
    await dialog.getByLabel('Tag', { exact: true }).fill(tag)
    await dialog.getByRole('button', { name: 'Confirm' }).click()
    await expect(dialog).toContainText(answer)
  }
  await dialog.getByLabel('Tag', { exact: true }).fill('v1')
  await api.request('POST', `/repositories/${repository.id}/immutability/openings`, {
    tag: 'v1',
    reason: 'By another',
    minutes: 60,
  })
  await dialog.getByRole('button', { name: 'Confirm' }).click()
  await expect(dialog.getByRole('alert')).toContainText('The tag is open already.')
})

test('a reserved name is released with a reason, and can be pushed with another digest', async ({
  api,
  page,
  server,
  signIn,
}) => {
  const repository = await api.createRepository({ name: uniqueName('reserved'), tagImmutability: true })
  const path = `test/${repository.name}`
  await pushImage(server, path, 'v1', 'one')
  await api.request('DELETE', `/repositories/${repository.id}/tags/v1?reason=Withdrawn`)
  await expect(pushImage(server, path, 'v1', 'two')).rejects.toThrow('409')
  await signIn()
  await page.goto(repositoryAddress(repository, 'immutability'))
  const card = page.getByRole('region', { name: 'Reserved names' })
  await expect(card.getByRole('row').filter({ hasText: 'v1' })).toContainText(/Withdrawn.*admin.*1 refused/)
  await card.getByRole('button', { name: 'Release v1' }).click()
  const dialog = page.getByRole('dialog', { name: 'Release Name' })
  await expect(dialog.getByLabel('Reason')).toBeFocused()
  await audit(page, 'Release Name')
  await dialog.getByRole('button', { name: 'Release Name' }).click()
  await expect(dialog).toContainText('Say why.')
  await dialog.getByLabel('Reason').fill('A typing error')
  await dialog.getByRole('button', { name: 'Release Name' }).click()
  await expect(page.getByRole('status').filter({ hasText: 'v1 is released' })).toBeVisible()
  await expect(card).toContainText('No name is reserved.')
  await pushImage(server, path, 'v1', 'two')
})
