import type { Locator, Page } from '@playwright/test'
import { expect, pushImage, test, uniqueName } from '../fixtures'
import { repositoryAddress } from '../pages/addresses'

test.beforeEach(async ({ signIn }) => signIn())

test('tags are listed with a lock where they are protected, and can be searched and sorted', async ({
  api,
  page,
  server,
}) => {
  const repository = await api.createRepository({ tagImmutability: true })
  const path = `${repository.namespace}/${repository.name}`
  for (const tag of ['v1.10', 'latest', 'v1.9']) await pushImage(server, path, tag)
  const address = repositoryAddress(repository, 'tags')
  await page.goto(address)
  await expect(names(page)).toHaveText(['v1.9', 'latest', 'v1.10'])
  await expect(page.getByText('3 tags', { exact: true })).toBeVisible()
  await expect(page.getByRole('main')).toContainText('They cannot be overwritten; latest stays free.')
  await expect(row(page, 'v1.9')).toContainText('Protected')
  await expect(row(page, 'v1.9')).toContainText('linux/amd64')
  await expect(row(page, 'latest')).toContainText('Exempt')

  const header = page.getByRole('columnheader', { name: 'Tag', exact: true })
  await header.getByRole('button').click()
  await expect(names(page)).toHaveText(['latest', 'v1.10', 'v1.9'])
  await expect(page).toHaveURL(`${address}?sort=name`)
  await page.reload()
  await expect(header).toHaveAttribute('aria-sort', 'ascending')
  await header.getByRole('button').click()
  await expect(names(page)).toHaveText(['v1.9', 'v1.10', 'latest'])

  await page.getByRole('searchbox', { name: 'Search tags' }).fill('1.1')
  await expect(names(page)).toHaveText(['v1.10'])
  await expect(page).toHaveURL(`${address}?sort=-name&search=1.1`)
  await page.getByRole('searchbox', { name: 'Search tags' }).fill('nothing')
  await expect(page.getByText('No tag has “nothing” in its name.')).toBeVisible()
  await page.getByRole('button', { name: 'Clear Filters' }).click()
  await expect(names(page)).toHaveCount(3)

  await api.updateRepository(repository.id, { tagImmutability: false })
  await page.reload()
  await expect(row(page, 'v1.9')).toContainText('Not protected')
})

test('an empty repository says how to push to it', async ({ api, page, server }) => {
  const repository = await api.createRepository()
  await page.goto(repositoryAddress(repository, 'tags'))
  await expect(page.getByRole('heading', { name: 'No tags yet' })).toBeVisible()
  await expect(page.getByText(`docker push ${server.registry}/test/${repository.name}:`)).toBeVisible()
})

test('addresses, digests and commands are copied as they are needed', async ({ api, context, page, server }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  // A name with slashes: the address of its page, and of its image, goes on below.
  const repository = await api.createRepository({ name: `team/${uniqueName('deep')}/app` })
  const path = `test/${repository.name}`
  const digest = await pushImage(server, path, 'v1')
  await page.goto(repositoryAddress(repository, 'tags'))
  await expect(page.getByRole('heading', { level: 1, name: path })).toBeVisible()
  const copied = () => page.evaluate(() => navigator.clipboard.readText())

  await page.getByRole('button', { name: 'Copy the pull command of v1' }).click()
  await expect(page.getByRole('status').filter({ hasText: 'Copied' }).first()).toBeVisible()
  expect(await copied()).toBe(`docker pull ${server.registry}/${path}:v1`)
  await page.getByRole('button', { name: 'Copy the digest of v1' }).click()
  await expect.poll(copied).toBe(digest)
  await page.getByRole('button', { name: 'Copy Address' }).click()
  await expect.poll(copied).toBe(`${server.registry}/${path}`)

  await page
    .getByRole('navigation', { name: `Repository ${path}` })
    .getByRole('link', { name: 'Details' })
    .click()
  await page.getByRole('button', { name: 'Copy the log in command' }).click()
  await expect.poll(copied).toBe(`docker login --username=${server.admin.name} ${server.registry}`)
  await page.getByRole('button', { name: 'Copy the push commands' }).click()
  await expect.poll(copied).toContain(`docker push ${server.registry}/${path}:`)
})

test('a free tag is deleted without a reason', async ({ api, page, server }) => {
  const repository = await api.createRepository({ name: `nested/${uniqueName('free')}` })
  const path = `test/${repository.name}`
  for (const tag of ['v1', 'v2']) await pushImage(server, path, tag)
  await page.goto(repositoryAddress(repository, 'tags'))
  const remove = page.getByRole('button', { name: 'Delete v1' })
  await remove.click()
  const dialog = page.getByRole('dialog', { name: 'Delete Tag' })
  await expect(dialog).toContainText('Pulls of this tag fail from then on.')
  await expect(dialog.getByRole('textbox')).toHaveCount(0)
  await page.keyboard.press('Escape')
  await expect(dialog).toBeHidden()
  await expect(remove).toBeFocused()
  await expect(names(page)).toHaveCount(2)

  await remove.click()
  await dialog.getByRole('button', { name: 'Delete Tag' }).click()
  await expect(page.getByRole('status').filter({ hasText: 'Tag v1 was deleted' })).toBeVisible()
  await expect(names(page)).toHaveText(['v2'])
  await page.reload()
  await expect(names(page)).toHaveText(['v2'])
  await pushImage(server, path, 'v1', 'something else')
})

test('a protected tag is deleted with a reason only, and its name stays reserved for what it was', async ({
  api,
  page,
  server,
}) => {
  const repository = await api.createRepository({ tagImmutability: true })
  const path = `test/${repository.name}`
  const digest = await pushImage(server, path, 'v1')
  await page.goto(repositoryAddress(repository, 'tags'))
  await page.getByRole('button', { name: 'Delete v1' }).click()
  const dialog = page.getByRole('dialog', { name: 'Delete Tag' })
  const confirm = dialog.getByRole('button', { name: 'Delete Tag' })
  const reason = dialog.getByLabel('Reason')
  await expect(dialog).toContainText('This tag is protected. Its name stays reserved')
  await expect(reason).toBeFocused()
  await expect(confirm).toBeDisabled()
  await reason.fill('   ')
  await expect(confirm).toBeDisabled()
  await reason.fill('Leaked a secret')
  await confirm.click()
  await expect(page.getByRole('status').filter({ hasText: 'Tag v1 was deleted' })).toContainText(
    'Its name stays reserved for the digest it had.',
  )
  await expect(page.getByRole('heading', { name: 'No tags yet' })).toBeVisible()

  await expect(pushImage(server, path, 'v1', 'something else')).rejects.toThrow('409')
  expect(await pushImage(server, path, 'v1')).toBe(digest)
})

test('a tag that became protected while its dialog was open is not deleted without a reason', async ({
  api,
  page,
  server,
}) => {
  const repository = await api.createRepository()
  await pushImage(server, `test/${repository.name}`, 'v1')
  await page.goto(repositoryAddress(repository, 'tags'))
  await page.getByRole('button', { name: 'Delete v1' }).click()
  const dialog = page.getByRole('dialog', { name: 'Delete Tag' })
  await expect(dialog).toContainText('Pulls of this tag fail from then on.')
  await api.updateRepository(repository.id, { tagImmutability: true })
  await dialog.getByRole('button', { name: 'Delete Tag' }).click()
  await expect(dialog.getByLabel('Reason')).toBeVisible()
  await expect(dialog.getByRole('button', { name: 'Delete Tag' })).toBeDisabled()
  expect((await api.request('GET', `/repositories/${repository.id}/tags/v1`)).status).toBe(200)
})

function names(page: Page): Locator {
  return page.getByRole('table', { name: 'Tags' }).getByRole('rowheader').getByRole('link')
}

function row(page: Page, name: string): Locator {
  return page.getByRole('table', { name: 'Tags' }).getByRole('row', { name })
}

test('how long ago something was is kept up to date on an open page', async ({ api, page, server }) => {
  const repository = await api.createRepository()
  await pushImage(server, `test/${repository.name}`, 'v1')
  await page.clock.install()
  await page.goto(repositoryAddress(repository, 'tags'))
  const pushed = page.getByRole('row').filter({ hasText: 'v1' }).getByRole('time').first()
  await expect(pushed).toHaveText('just now')
  await page.clock.runFor('05:20')
  await expect(pushed).toHaveText('5 min ago')
})
