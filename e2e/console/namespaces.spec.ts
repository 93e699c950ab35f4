import type { Locator, Page } from '@playwright/test'
import { expect, test } from '../fixtures'
import { instanceAddress } from '../pages/addresses'

test.beforeEach(async ({ signIn }) => signIn())

test('the first namespace is created from the empty list, with its defaults', async ({ api, page }) => {
  const instance = await api.createInstance()
  await page.goto(instanceAddress(instance, 'namespaces'))
  const main = page.getByRole('main')
  await expect(main.getByRole('heading', { name: 'No namespaces yet' })).toBeVisible()
  await main.getByRole('button', { name: 'Create Namespace' }).last().click()
  const dialog = page.getByRole('dialog', { name: 'Create Namespace' })
  const name = dialog.getByLabel('Namespace', { exact: true })
  await expect(name).toBeFocused()
  await name.fill('Bad Name')
  await page.keyboard.press('Enter')
  await expect(name).toHaveAccessibleDescription(/^2 to 120 lower-case letters/)
  await name.fill('payments')
  await dialog.getByRole('checkbox', { name: 'Create repositories on push' }).check()
  await dialog.getByRole('group', { name: 'Default Repository Type' }).getByRole('radio', { name: 'Public' }).check()
  await dialog.getByRole('radio', { name: 'Enforce' }).check()
  await dialog.getByRole('button', { name: 'Confirm' }).click()
  await expect(page.getByRole('status').filter({ hasText: 'Namespace payments was created' })).toBeVisible()
  await page.reload()
  await expect(row(page, 'payments').getByRole('cell')).toHaveText(['0', 'On', 'Public', 'Immutable', /.+/, /.+/])

  await main.getByRole('button', { name: 'Create Namespace' }).click()
  await name.fill('payments')
  await page.keyboard.press('Enter')
  await expect(name).toHaveAccessibleDescription('This instance has a namespace of that name already.')
})

test('Edit changes the defaults, and a change meanwhile is shown, not overwritten', async ({ api, page }) => {
  const instance = await api.createInstance()
  const namespace = await api.createNamespace({ name: 'team' }, instance.id)
  await page.goto(instanceAddress(instance, 'namespaces'))
  const edit = page.getByRole('button', { name: 'Edit team' })
  await edit.click()
  const dialog = page.getByRole('dialog', { name: 'Edit Namespace' })
  const onPush = dialog.getByRole('checkbox', { name: 'Create repositories on push' })
  await expect(onPush).toBeFocused()
  await onPush.check()
  await dialog.getByRole('checkbox', { name: 'Accept sparse manifests' }).check()
  await dialog.getByRole('button', { name: 'Confirm' }).click()
  await expect(dialog).toBeHidden()
  await expect(edit).toBeFocused()
  await expect(row(page, 'team').getByRole('cell').nth(1)).toHaveText('On')

  await edit.click()
  await expect(dialog.getByRole('checkbox', { name: 'Accept sparse manifests' })).toBeChecked()
  await dialog.getByRole('radio', { name: 'Public' }).check()
  const other = await api.request('PATCH', `/namespaces/${namespace.id}`, { defaultTagImmutability: true })
  expect(other.status).toBe(200)
  await dialog.getByRole('button', { name: 'Confirm' }).click()
  await expect(dialog.getByRole('alert')).toContainText('Somebody else changed this namespace meanwhile.')
  await expect(dialog.getByRole('row')).toHaveText([
    /Setting/,
    /Default Repository Type\s*Private\s*Public/,
    /Default Tag Immutability\s*Enforce\s*You did not change it/,
  ])
  await dialog.getByRole('button', { name: 'Use Yours' }).click()
  await expect(dialog).toBeHidden()
  await expect(row(page, 'team').getByRole('cell')).toHaveText(['0', 'On', 'Public', 'Immutable', /.+/, /.+/])
})

test('a namespace that holds repositories says so; an empty one is deleted by its name', async ({ api, page }) => {
  const instance = await api.createInstance()
  await api.createNamespace({ name: 'full' }, instance.id)
  await api.createNamespace({ name: 'empty' }, instance.id)
  await api.createRepository({ namespace: 'full', name: 'app' }, instance.id)
  await page.goto(instanceAddress(instance, 'namespaces'))
  const dialog = page.getByRole('dialog', { name: 'Delete Namespace' })

  await page.getByRole('button', { name: 'Delete full' }).click()
  await expect(dialog).toContainText('The namespace still holds 1 repository. Delete what it holds first.')
  await expect(dialog.getByRole('textbox')).toHaveCount(0)
  await dialog.getByRole('link', { name: 'Repositories' }).click()
  await expect(page).toHaveURL(`${instanceAddress(instance, 'repositories')}?namespace=full`)
  await page.goBack()

  await page.getByRole('button', { name: 'Delete empty' }).click()
  await dialog.getByLabel('Type empty to confirm').fill('empty')
  // Somebody else fills it in this moment.
  const late = await api.createRepository({ namespace: 'empty', name: 'late' }, instance.id)
  await page.keyboard.press('Enter')
  await expect(dialog).toContainText(/It is not empty|The namespace still holds 1 repository/)
  await page.keyboard.press('Escape')
  expect((await api.request('DELETE', `/repositories/${late.id}`)).status).toBe(204)

  await page.getByRole('button', { name: 'Delete empty' }).click()
  await dialog.getByLabel('Type empty to confirm').fill('empty')
  await dialog.getByRole('button', { name: 'Delete Namespace' }).click()
  await expect(page.getByRole('status').filter({ hasText: 'Namespace empty was deleted' })).toBeVisible()
  await expect(page.getByRole('table', { name: 'Namespaces' }).getByRole('rowheader')).toHaveText(['full'])
})

test('search narrows the list and stays in the address', async ({ api, page }) => {
  const instance = await api.createInstance()
  for (const name of ['alpha', 'beta']) await api.createNamespace({ name }, instance.id)
  await page.goto(instanceAddress(instance, 'namespaces'))
  const search = page.getByRole('searchbox', { name: 'Search namespaces' })
  const names = page.getByRole('table', { name: 'Namespaces' }).getByRole('rowheader')
  await search.fill('bet')
  await expect(names).toHaveText(['beta'])
  await expect(page).toHaveURL(`${instanceAddress(instance, 'namespaces')}?search=bet`)
  await page.reload()
  await expect(search).toHaveValue('bet')
  await expect(names).toHaveText(['beta'])
  await search.fill('gamma')
  await expect(page.getByText('No namespace has “gamma” in its name.')).toBeVisible()
  await page.getByRole('button', { name: 'Clear Filters' }).click()
  await expect(names).toHaveText(['alpha', 'beta'])
})

function row(page: Page, name: string): Locator {
  return page.getByRole('table', { name: 'Namespaces' }).getByRole('row', { name })
}
