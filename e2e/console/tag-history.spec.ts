import { expect, pushImage, test } from '../fixtures'
import { repositoryAddress } from '../pages/addresses'
import { chooseFrom } from '../pages/combobox'

test.beforeEach(async ({ signIn }) => signIn())

test('an earlier digest of a tag is restored with the keyboard, and a client pulls it', async ({
  api,
  page,
  server,
  skopeo,
}) => {
  const repository = await api.createRepository()
  const path = `${repository.namespace}/${repository.name}`
  const first = await pushImage(server, path, 'v1', 'right')
  const second = await pushImage(server, path, 'v1', 'wrong')
  await page.goto(repositoryAddress(repository, 'tags'))
  await page.getByRole('link', { name: 'v1', exact: true }).press('Enter')
  const history = page.getByRole('region', { name: 'History' })
  await expect(history.getByRole('listitem')).toHaveText([/Moved/, /Created/])
  await expect(history.getByRole('listitem').first()).toContainText('admin')

  const restore = history.getByRole('button', { name: `Restore ${first.slice(7, 19)}` })
  await restore.press('Enter')
  const dialog = page.getByRole('dialog', { name: 'Restore Tag' })
  await expect(dialog).toContainText(`v1 will point at ${first.slice(7, 19)} instead of ${second.slice(7, 19)}`)
  await page.keyboard.press('Escape')
  await expect(restore).toBeFocused()
  await restore.press('Enter')
  await dialog.getByRole('textbox', { name: 'Reason' }).fill('built from the wrong branch')
  await dialog.getByRole('button', { name: 'Restore', exact: true }).click()
  await expect(page.getByText(`v1 points at ${first.slice(7, 19)} again`)).toBeVisible()
  await expect(history.getByRole('listitem').first()).toContainText('“built from the wrong branch”')
  const inspected = await skopeo.run([
    ...['inspect', '--tls-verify=false', `--creds=${server.admin.name}:${server.admin.password}`],
    ...['--format={{.Digest}}', `docker://${server.registry}/${path}:v1`],
  ])
  expect(inspected.trim()).toBe(first)

  // Once the repository is immutable, the page says why nothing can be restored.
  await api.updateRepository(repository.id, { tagImmutability: true })
  await page.reload()
  await expect(page.getByText('no earlier digest of it can be restored')).toBeVisible()
  await expect(history.getByRole('button', { name: /^Restore/ })).toHaveCount(0)
})

test('a tag is promoted to another repository, whose policy is asked first', async ({ api, page, server }) => {
  const [source, target] = [await api.createRepository(), await api.createRepository({ tagImmutability: true })]
  const digest = await pushImage(server, `test/${source.name}`, 'v1', 'one')
  await pushImage(server, `test/${target.name}`, 'v1', 'other')
  await page.goto(repositoryAddress(source, 'tags'))
  await page.getByRole('button', { name: 'Copy tag v1' }).click()
  const dialog = page.getByRole('dialog', { name: 'Copy Tag' })
  await chooseFrom(dialog, 'Target Repository', `test/${target.name}`)
  await expect(dialog.getByText('The repository would refuse this.')).toBeVisible()
  await expect(dialog.getByRole('button', { name: 'Copy Tag' })).toBeDisabled()
  await dialog.getByRole('textbox', { name: 'New Tag' }).fill('v2')
  await expect(dialog.getByText('The tag is new there.')).toBeVisible()
  await dialog.getByRole('button', { name: 'Copy Tag' }).click()
  await expect(page.getByText(`test/${target.name}:v2 was copied`)).toBeVisible()
  await page.goto(`${repositoryAddress(target, 'tags')}/v2`)
  await expect(page.getByText(digest, { exact: true })).toBeVisible()
  await expect(page.getByText(`“copied from test/${source.name}@${digest}”`)).toBeVisible()
})

test('a deleted tag has its history, and a name that never was a tag says so', async ({ api, page, server }) => {
  const repository = await api.createRepository()
  await pushImage(server, `test/${repository.name}`, 'old')
  await api.request('DELETE', `/repositories/${repository.id}/tags/old`)
  await page.goto(`${repositoryAddress(repository, 'tags')}/old`)
  await expect(page.getByText('There is no tag old now.')).toBeVisible()
  await expect(page.getByRole('region', { name: 'History' }).getByRole('listitem')).toHaveText([/Deleted/, /Created/])
  await page.goto(`${repositoryAddress(repository, 'tags')}/never`)
  await expect(page.getByRole('heading', { name: 'There is no tag never in this repository' })).toBeVisible()
})
