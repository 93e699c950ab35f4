import type { Locator, Page } from '@playwright/test'
import { expect, pushImage, test } from '../fixtures'
import { instanceAddress, overviewAddress, repositoryAddress } from '../pages/addresses'

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

test('the page Immutability: the policy, where it comes from, and back to the default', async ({
  api,
  page,
  server,
}) => {
  const namespace = await api.createNamespace()
  await api.request('PATCH', `/namespaces/${namespace.id}`, { defaultImmutability: { mode: 'audit' } })
  const repository = await api.createRepository({ namespace: namespace.name, tagImmutability: true })
  const path = `${repository.namespace}/${repository.name}`
  for (const tag of ['latest', 'dev', 'dev-1', 'v1']) await pushImage(server, path, tag)
  await page.goto(repositoryAddress(repository, 'details'))
  await page
    .getByRole('navigation', { name: /^Repository/ })
    .getByRole('link', { name: 'Immutability' })
    .click()
  const card = page.getByRole('region', { name: 'Policy' })
  const preview = card.getByRole('status')
  await expect(card.getByRole('radio', { name: 'Enforce' })).toBeChecked()
  await expect(card).toContainText('Set on this repository.')
  await expect(card).toContainText(`Namespace ${namespace.name}: Audit. Instance example: `)
  await expect(card).toContainText('4 tags checked')
  await expect(preview).toHaveText('3 tags are protectedlatest is free')
  await expect(card.getByRole('button', { name: 'Confirm' })).toBeDisabled()

  await card.getByRole('textbox', { name: 'Exempt tags' }).fill('dev*')
  await page.keyboard.press('Enter')
  await expect(preview).toContainText('1 tag stays protected')
  await expect(preview).toContainText('2 protected tags become free, by dev*')
  await expect(preview).toContainText('dev-1pushed by admin')
  await card.getByRole('button', { name: 'Show as API call' }).click()
  await expect(card.getByRole('code').last()).toContainText('{"immutability":{"exemptTags":["latest","dev*"]}}')
  // The card keeps what is being changed, and says what somebody else did.
  await api.request('PATCH', `/repositories/${repository.id}`, { summary: 'changed' })
  await card.getByRole('button', { name: 'Confirm' }).click()
  await expect(card.getByRole('alert')).toContainText('Settings were not saved.')
  await card.getByRole('button', { name: 'Use Yours' }).click()
  await expect(page.getByRole('status').filter({ hasText: `The policy of ${path} was changed` })).toBeVisible()
  await expect(preview).toContainText('1 tag is protected')
  await expect(card.getByRole('button', { name: 'Confirm' })).toBeDisabled()

  await card.getByRole('button', { name: 'Use the namespace’s' }).click()
  await expect(card.getByRole('radio', { name: 'Audit' })).toBeChecked()
  await expect(preview).toContainText('1 protected tag becomes free')
  const answer = page.waitForResponse((response) => response.request().method() === 'PATCH')
  await card.getByRole('button', { name: 'Confirm' }).click()
  expect((await answer).ok()).toBe(true)
  await expect(card).toContainText('From the namespace’s default.')
  await expect(card.getByRole('button', { name: 'Confirm' })).toBeDisabled()
  expect(await api.repository(repository.id)).toMatchObject({ immutability: { mode: 'audit', source: 'namespace' } })
})

test('Check a Push says whether a push would succeed, and why not', async ({ api, page, server }) => {
  const repository = await api.createRepository({ tagImmutability: true })
  const digest = await pushImage(server, `${repository.namespace}/${repository.name}`, 'v1')
  await page.goto(repositoryAddress(repository, 'immutability'))
  await page.getByRole('button', { name: 'Check a Push' }).click()
  const dialog = page.getByRole('dialog', { name: 'Check a Push' })
  const tag = dialog.getByRole('textbox', { name: 'Tag' })
  await expect(tag).toBeFocused()
  await tag.fill('-v')
  await page.keyboard.press('Enter')
  await expect(tag).toHaveAccessibleDescription(/^1 to 128 letters/)
  await tag.fill('v1')
  await page.keyboard.press('Enter')
  const answer = dialog.getByRole('alert')
  await expect(answer).toContainText('A push of v1 would be refused.')
  await expect(answer).toContainText('The requested tag already exists and cannot be overwritten.')
  await expect(answer).toContainText(digest)
  await dialog.getByRole('textbox', { name: 'Digest' }).fill(digest)
  await expect(answer).toBeHidden()
  await dialog.getByRole('button', { name: 'Check', exact: true }).click()
  await expect(dialog.getByRole('status').first()).toContainText('A push of v1 would be taken.')
  await expect(dialog.getByRole('code').last()).toContainText('/immutability/check | grep -q')
})

test('the default of new repositories: set for the instance, inherited by a new namespace, shown in Create Repository', async ({
  api,
  page,
}) => {
  const instance = await api.createInstance()
  await page.goto(overviewAddress(instance))
  await page.getByRole('region', { name: 'New Repositories' }).getByRole('button', { name: 'Edit' }).click()
  let dialog = page.getByRole('dialog', { name: 'Edit Default Immutability' })
  await dialog.getByRole('radio', { name: 'Audit' }).check()
  await dialog.getByRole('textbox', { name: 'Exempt tags' }).fill('dev-*')
  // What is typed counts without Enter.
  await dialog.getByRole('button', { name: 'Confirm' }).click()
  await expect(dialog).toBeHidden()
  await expect(page.getByRole('region', { name: 'New Repositories' })).toContainText('dev-*')

  await page.goto(instanceAddress(instance, 'namespaces'))
  await page.getByRole('button', { name: 'Create Namespace' }).last().click()
  dialog = page.getByRole('dialog', { name: 'Create Namespace' })
  await expect(dialog.getByRole('radio', { name: 'Inherit' })).toHaveAccessibleDescription('As the instance: Audit.')
  await dialog.getByLabel('Namespace', { exact: true }).fill('team')
  await dialog.getByRole('button', { name: 'Confirm' }).click()
  await expect(page.getByRole('row').filter({ hasText: 'team' })).toContainText('Audit')

  await page.goto(instanceAddress(instance, 'repositories'))
  await page.getByRole('button', { name: 'Create Repository' }).last().click()
  dialog = page.getByRole('dialog', { name: 'Create Repository' })
  await expect(dialog).toContainText('Default of the instance: Audit. Exempt tags: latest, dev-*.')
  await dialog.getByLabel('Repository Name').fill('app')
  await dialog.getByRole('button', { name: 'Confirm' }).click()
  await expect(dialog).toBeHidden()
  await page.getByRole('combobox', { name: 'Tag Immutability' }).selectOption('Audit')
  await expect(page.getByRole('row').filter({ hasText: 'app' })).toContainText('Audit')
})
