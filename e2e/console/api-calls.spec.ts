import { repository as repositorySchema } from '@/lib/api/schemas/repositories'
import { CommandLine } from '../clients/command-line'
import { expect, pushImage, test, uniqueName } from '../fixtures'
import { Programs } from '../acr/programs'
import { instanceAddress, repositoryAddress } from '../pages/addresses'
import { chooseFrom } from '../pages/combobox'

test('Modify Settings shows its change as a command for curl that does the same', async ({
  api,
  context,
  page,
  server,
  signIn,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  const repository = await api.createRepository({ description: `it's "quoted"` })
  await signIn()
  await page.goto(repositoryAddress(repository, 'details'))
  await page.getByRole('button', { name: 'Edit', exact: true }).click()
  const dialog = page.getByRole('dialog', { name: 'Modify Settings' })
  await dialog.getByRole('button', { name: 'Show as API call' }).click()
  const call = dialog.getByRole('region', { name: 'API call' })
  await expect(call).toContainText('Complete the form first.')

  await dialog.getByRole('checkbox', { name: 'Immutable' }).check()
  await dialog.getByLabel('Summary').fill(`it's $HOME`)
  await call.getByRole('button', { name: 'Copy the API call' }).click()
  const command = await page.evaluate(() => navigator.clipboard.readText())
  expect(command).toContain(`/api/v1/repositories/${repository.id}'`)
  await dialog.getByRole('button', { name: 'Hide API call' }).click()
  await expect(call).toBeHidden()
  expect(await api.repository(repository.id)).toMatchObject({ tagImmutability: false, summary: '' })

  const key = { KEY_ID: server.accessKey.id, KEY_SECRET: server.accessKey.secret }
  await new CommandLine('sh', ['-c'], key).run([command])
  expect(await api.repository(repository.id)).toMatchObject({ tagImmutability: true, summary: `it's $HOME` })
})

test('Create Repository and the deletion of a tag are shown as calls of ACR’s client that do the same', async ({
  api,
  context,
  page,
  server,
  signIn,
}) => {
  // ACR’s client takes many seconds to load.
  test.slow()
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  const instance = await api.defaultInstance()
  const name = uniqueName('app')
  await signIn()
  await page.goto(instanceAddress(instance, 'repositories'))
  await page.getByRole('button', { name: 'Create Repository' }).click()
  const dialog = page.getByRole('dialog')
  await chooseFrom(dialog, 'Namespace', 'test')
  await dialog.getByLabel('Repository Name', { exact: true }).fill(name)
  const copyCall = async (action: string) => {
    await dialog.getByRole('button', { name: 'Show as API call' }).click()
    await dialog.getByRole('tab', { name: `ACR: ${action}` }).click()
    await dialog.getByRole('button', { name: 'Copy the API call' }).click()
    return page.evaluate(() => navigator.clipboard.readText())
  }
  const create = await copyCall('CreateRepository')

  const programs = await Programs.create(server)
  try {
    const created = await programs.run({ file: 'create.py', text: create })
    expect(created.code, created.stderr).toBe(0)
    await pushImage(server, `test/${name}`, 'v1')
    await pushImage(server, `test/${name}`, 'v2')
    const repository = await api.send(
      'GET',
      `/instances/${instance.id}/repositories/by-name?path=test/${name}`,
      repositorySchema,
    )

    await page.goto(repositoryAddress(repository, 'tags'))
    await page.getByRole('button', { name: 'Delete v1' }).click()
    const deleted = await programs.run({ file: 'delete.py', text: await copyCall('DeleteRepoTag') })
    expect(deleted.code, deleted.stderr).toBe(0)
    await page.reload()
    await expect(page.getByRole('button', { name: 'Delete v2' })).toBeVisible()
    await expect(page.getByRole('button', { name: 'Delete v1' })).toHaveCount(0)
  } finally {
    await programs.dispose()
  }
})

test('a password that was typed is not in the call', async ({ api, page, signIn }) => {
  const instance = await api.defaultInstance()
  await signIn()
  await page.goto(instanceAddress(instance, 'credentials'))
  await page.getByRole('button', { name: 'Set Password' }).click()
  const dialog = page.getByRole('dialog')
  const password = 'correct-horse-42'
  await dialog.getByLabel('Password', { exact: true }).fill(password)
  await dialog.getByLabel('Confirm Password').fill(password)
  await dialog.getByRole('button', { name: 'Show as API call' }).click()
  const call = dialog.getByRole('region', { name: 'API call' })
  await expect(call).toContainText('"password":"<password>"')
  await call.getByRole('tab', { name: 'ACR: ResetLoginPassword' }).click()
  await expect(call).toContainText('password="<password>"')
  await expect(call).not.toContainText(password)
})
