import type { Locator, Page } from '@playwright/test'
import { expect, pushImage, test } from '../fixtures'
import { repositoryAddress } from '../pages/addresses'

test.beforeEach(async ({ signIn }) => signIn())

async function openSettings(page: Page): Promise<Locator> {
  await page.getByRole('region', { name: 'Details' }).getByRole('button', { name: 'Edit' }).click()
  const dialog = page.getByRole('dialog', { name: 'Modify Settings' })
  await expect(dialog.getByRole('checkbox', { name: 'Immutable' })).toBeVisible()
  return dialog
}

test('Modify Settings says under Immutable what it will do, and unfolds mode and exempt tags', async ({
  api,
  page,
  server,
}) => {
  const repository = await api.createRepository({ tagImmutability: false })
  const path = `${repository.namespace}/${repository.name}`
  for (const tag of ['latest', 'dev-1', 'v1']) await pushImage(server, path, tag)
  await pushImage(server, path, 'v1', 'another image')
  await page.goto(repositoryAddress(repository, 'details'))
  const dialog = await openSettings(page)
  const preview = dialog.getByRole('status')
  await expect(preview).toHaveText('3 tags can be overwritten')

  await dialog.getByRole('checkbox', { name: 'Immutable' }).check()
  await expect(dialog.getByRole('heading', { name: 'When you confirm' })).toBeVisible()
  await expect(preview).toContainText('2 tags become protected')
  await expect(preview).toContainText('1 moved in the last 30 days')
  await expect(preview).toContainText('Pipelines that push these again will be refused.')
  await expect(preview).toContainText('v1admin, 1 time')
  await expect(preview).toContainText('latest stays free')

  await expect(dialog.getByRole('textbox', { name: 'Exempt tags' })).toBeHidden()
  await dialog.getByRole('button', { name: 'Advanced settings' }).click()
  await expect(dialog.getByRole('radio', { name: 'Enforce' })).toBeChecked()
  const exempt = dialog.getByRole('textbox', { name: 'Exempt tags' })
  await exempt.fill('[a]')
  await page.keyboard.press('Enter')
  await expect(exempt).toHaveAccessibleDescription(/^1 to 128 letters/)
  await dialog.getByRole('button', { name: 'Confirm' }).click()
  await expect(dialog).toBeVisible()
  await exempt.fill('dev-*')
  await page.keyboard.press('Enter')
  await expect(preview).toContainText('2 tags stay free, by latest, dev-*')
  await dialog.getByRole('button', { name: 'Remove latest' }).click()
  await expect(preview).toContainText('1 tag stays free, by dev-*')
  await expect(exempt).toBeFocused()

  // Audit is a mode of its own: the box is not ticked.
  await dialog.getByRole('radio', { name: 'Audit' }).check()
  await expect(dialog.getByRole('checkbox', { name: 'Immutable' })).not.toBeChecked()
  await expect(preview).toContainText('2 tags are audited')
  await dialog.getByRole('button', { name: 'Confirm' }).click()
  await expect(dialog).toBeHidden()
  await expect(page.getByRole('region', { name: 'Details' })).toContainText('Auditoverwrites are recorded')
  expect(await api.repository(repository.id)).toMatchObject({
    tagImmutability: false,
    immutability: { mode: 'audit', exemptTags: ['dev-*'], source: 'repository' },
  })
})

test('the policy that somebody else set meanwhile is shown beside one’s own', async ({ api, page }) => {
  const repository = await api.createRepository({ tagImmutability: false })
  await page.goto(repositoryAddress(repository, 'details'))
  const dialog = await openSettings(page)
  await dialog.getByRole('checkbox', { name: 'Immutable' }).check()
  await api.request('PATCH', `/repositories/${repository.id}`, { immutability: { mode: 'audit', exemptTags: ['x'] } })
  await dialog.getByRole('button', { name: 'Confirm' }).click()
  const rows = dialog.getByRole('table').getByRole('row')
  await expect(rows.nth(1)).toHaveText('Tag ImmutabilityAuditImmutable')
  await expect(rows.nth(2)).toHaveText('Exempt tagsxYou did not change it')
  await dialog.getByRole('button', { name: 'Use Yours' }).click()
  await expect(dialog).toBeHidden()
  expect(await api.repository(repository.id)).toMatchObject({ immutability: { mode: 'enforce', exemptTags: ['x'] } })
})
