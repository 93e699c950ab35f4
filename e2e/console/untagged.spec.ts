import { expect, pushImage, test } from '../fixtures'
import { repositoryAddress } from '../pages/addresses'

test.beforeEach(async ({ signIn }) => signIn())

test('the deletion of the last tag says what it frees and when; the manifest is then listed with size and age', async ({
  api,
  page,
  server,
}) => {
  const repository = await api.createRepository()
  const path = `${repository.namespace}/${repository.name}`
  await pushImage(server, path, 'v1', 'first')
  await pushImage(server, path, 'v2', 'first')
  const digest = await pushImage(server, path, 'latest', 'second')
  await pushImage(server, path, 'latest', 'third')

  await page.goto(repositoryAddress(repository, 'tags'))
  const link = page.getByRole('link', { name: 'Untagged Manifests' })
  await link.click()
  await expect(page).toHaveURL(repositoryAddress(repository, 'untagged'))
  await expect(page.getByRole('heading', { name: 'Untagged Manifests' })).toBeVisible()
  const table = page.getByRole('table', { name: 'Untagged Manifests' })
  await expect(table.getByRole('row').nth(1)).toContainText(digest.slice(7, 19))
  await expect(table.getByRole('row').nth(1)).toContainText(/\d+ B/)
  await expect(page.getByText('1 manifest', { exact: true })).toBeVisible()

  await page.getByRole('link', { name: 'Back to Tags' }).click()
  const remove = async (tag: string, text: RegExp) => {
    await page.getByRole('button', { name: `Delete ${tag}`, exact: true }).click()
    const dialog = page.getByRole('dialog', { name: 'Delete Tag' })
    await expect(dialog).toContainText(text)
    await dialog.getByRole('button', { name: 'Delete Tag' }).click()
    await expect(dialog).toBeHidden()
    await expect(page.getByRole('status').filter({ hasText: `Tag ${tag} was deleted` })).toContainText(text)
  }
  await remove('v1', /Other tags still reach the image/)
  await remove('v2', /No other tag reaches the image\. Garbage collection frees .+ after 14 days\./)
  await link.click()
  await expect(page.getByText('2 manifests', { exact: true })).toBeVisible()
})

test('for how long untagged manifests are kept is set in the dialog of the namespace', async ({
  api,
  page,
  server,
}) => {
  const namespace = await api.createNamespace()
  const repository = await api.createRepository({ namespace: namespace.name })
  await pushImage(server, `${namespace.name}/${repository.name}`, 'v1')
  const instance = await api.defaultInstance()
  await page.goto(`/${instance.regionId}/instance/${instance.id}/namespaces?search=${namespace.name}`)
  await page.getByRole('button', { name: `Edit ${namespace.name}` }).click()
  const dialog = page.getByRole('dialog', { name: 'Edit Namespace' })
  const choice = dialog.getByRole('combobox', { name: 'Keep Untagged Manifests' })
  await expect(choice).toHaveValue('14')
  await choice.selectOption('For ever')
  await dialog.getByRole('button', { name: 'Confirm' }).click()
  await expect(dialog).toBeHidden()
  await page.goto(repositoryAddress(repository, 'tags'))
  await page.getByRole('button', { name: 'Delete v1', exact: true }).click()
  await expect(page.getByRole('dialog', { name: 'Delete Tag' })).toContainText(
    'It stays: its namespace keeps untagged manifests for ever.',
  )
  await page.goto(repositoryAddress(repository, 'untagged'))
  await expect(page.getByText('No untagged manifests')).toBeVisible()
})
