import type { BrowserContext, Locator, Page } from '@playwright/test'
import { userPassword } from '../api'
import { expect, test, uniqueName } from '../fixtures'
import type { ServerInfo } from '../server'
import { chooseFrom } from '../pages/combobox'

test.beforeEach(async ({ signIn }) => signIn())

test('a member is created, and logs on with the password they were given', async ({ browser, page, server }) => {
  const name = uniqueName('li.na')
  await page.goto('/')
  await page.getByRole('list', { name: 'Administration' }).getByRole('link', { name: 'Users' }).click()
  await page.getByRole('button', { name: 'Create User' }).click()
  const dialog = page.getByRole('dialog', { name: 'Create User' })
  const nameField = dialog.getByLabel('User Name')
  await expect(nameField).toBeFocused()

  await nameField.fill('Li Na')
  await page.keyboard.press('Enter')
  await expect(nameField).toHaveAccessibleDescription(/^1 to 64 lower-case letters/)
  await expect(dialog.getByLabel('Password', { exact: true })).toHaveAccessibleDescription(/^12 to 256 characters/)

  await nameField.fill(name)
  await dialog.getByLabel('Display Name').fill('李娜')
  await dialog.getByLabel('Password', { exact: true }).fill(userPassword)
  await dialog.getByLabel('Confirm Password').fill('another password')
  await page.keyboard.press('Enter')
  await expect(dialog.getByLabel('Confirm Password')).toHaveAccessibleDescription('The two passwords differ.')
  await expect(dialog.getByLabel('Confirm Password')).toBeFocused()

  // One that many people have: only the server knows.
  for (const label of ['Password', 'Confirm Password'])
    await dialog.getByLabel(label, { exact: true }).fill('123456789012')
  await page.keyboard.press('Enter')
  await expect(dialog.getByLabel('Password', { exact: true })).toHaveAttribute('aria-invalid', 'true')
  for (const label of ['Password', 'Confirm Password'])
    await dialog.getByLabel(label, { exact: true }).fill(userPassword)
  await dialog.getByRole('button', { name: 'Confirm' }).click()
  await expect(toast(page, `User ${name} was created`)).toBeVisible()
  await page.getByRole('searchbox', { name: 'Search users' }).fill(name)
  await expect(row(page, name)).toContainText('李娜')
  await expect(row(page, name)).toContainText('Member')

  await page.getByRole('button', { name: 'Create User' }).click()
  await nameField.fill(name)
  for (const label of ['Password', 'Confirm Password'])
    await dialog.getByLabel(label, { exact: true }).fill(userPassword)
  await page.keyboard.press('Enter')
  await expect(nameField).toHaveAccessibleDescription('There is a user of that name already.')

  const theirs = await browser.newContext({ baseURL: server.url })
  expect(await logOn(theirs, server, name, userPassword)).toBe(201)
  const theirPage = await theirs.newPage()
  await theirPage.goto('/')
  await expect(theirPage.getByRole('heading', { level: 1, name: 'Instances' })).toBeVisible()
  await expect(theirPage.getByRole('link', { name: 'Users' })).toHaveCount(0)
  for (const address of ['/users', '/robots', '/audit', '/maintenance/garbage-collection', '/maintenance/scrub']) {
    await theirPage.goto(address)
    await expect(theirPage.getByRole('heading', { name: 'There is no page here' })).toBeVisible()
  }
  await theirs.close()
})

test('a user is disabled, enabled, given another password, and each time their session ends', async ({
  api,
  browser,
  page,
  server,
}) => {
  const user = await api.createUser()
  const theirs = await browser.newContext({ baseURL: server.url })
  expect(await logOn(theirs, server, user.name, userPassword)).toBe(201)
  const isIn = async () => (await theirs.request.get('/api/v1/session')).ok()
  expect(await isIn()).toBe(true)

  await page.goto(`/users?search=${user.name}`)
  await command(page, user.name, 'Disable')
  const disable = page.getByRole('dialog', { name: 'Disable User' })
  await expect(disable).toContainText(user.name)
  await disable.getByRole('button', { name: 'Disable' }).click()
  await expect(row(page, user.name)).toContainText('Disabled')
  expect(await isIn()).toBe(false)
  expect(await logOn(theirs, server, user.name, userPassword)).toBe(403)

  await command(page, user.name, 'Enable')
  await page.getByRole('dialog').getByRole('button', { name: 'Enable' }).click()
  await expect(row(page, user.name)).toContainText('Enabled')
  expect(await logOn(theirs, server, user.name, userPassword)).toBe(201)

  await command(page, user.name, 'Set Password')
  const dialog = page.getByRole('dialog', { name: 'Set Password' })
  await expect(dialog.getByLabel('Password', { exact: true })).toBeFocused()
  for (const label of ['Password', 'Confirm Password']) {
    await dialog.getByLabel(label, { exact: true }).fill('a-second-password-1')
  }
  await dialog.getByRole('button', { name: 'Confirm' }).click()
  await expect(toast(page, `The password of ${user.name} was changed`)).toBeVisible()
  expect(await isIn()).toBe(false)
  expect(await logOn(theirs, server, user.name, userPassword)).toBe(401)
  expect(await logOn(theirs, server, user.name, 'a-second-password-1')).toBe(201)
  await theirs.close()
})

test('Edit changes role and display name, and a change meanwhile is shown, not overwritten', async ({ api, page }) => {
  const user = await api.createUser()
  await page.goto(`/users?search=${user.name}`)
  await page.getByRole('button', { name: `Edit ${user.name}` }).click()
  const dialog = page.getByRole('dialog', { name: 'Edit User' })
  await expect(dialog.getByLabel('Display Name')).toBeFocused()
  await dialog.getByRole('radio', { name: 'Administrator' }).check()
  expect((await api.request('PATCH', `/users/${user.id}`, { displayName: 'Theirs' })).status).toBe(200)
  await dialog.getByRole('button', { name: 'Confirm' }).click()
  await expect(dialog.getByRole('alert')).toContainText('Somebody else changed this user meanwhile.')
  await expect(dialog.getByRole('row')).toHaveText([
    /Setting/,
    /Display Name\s*Theirs\s*You did not change it/,
    /Role\s*Member\s*Administrator/,
  ])
  await dialog.getByRole('button', { name: 'Use Yours' }).click()
  await expect(row(page, user.name)).toContainText('Administrator')
  await expect(row(page, user.name)).toContainText('Theirs')
})

test('one’s own account has no way to disable, delete or lock oneself out', async ({ page, server }) => {
  const { name } = server.admin
  await page.goto(`/users?search=${name}&role=ADMINISTRATOR`)
  await expect(row(page, name)).toBeVisible()
  await expect(page.getByRole('button', { name: `More actions for ${name}`, exact: true })).toHaveCount(0)
})

test('a user’s page shows what they are granted; it is granted, changed and revoked there', async ({ api, page }) => {
  const user = await api.createUser({ displayName: 'Granted' })
  const repository = await api.createRepository()
  const path = `test/${repository.name}`
  await page.goto(`/users?search=${user.name}`)
  await page.getByRole('link', { name: user.name }).click()
  await expect(page.getByRole('heading', { level: 1, name: user.name })).toBeVisible()
  await expect(page.getByRole('region', { name: 'Details' })).toContainText('Granted')
  const grants = page.getByRole('region', { name: 'Grants' })
  await expect(grants.getByRole('heading', { name: 'No grants yet' })).toBeVisible()

  await grants.getByRole('button', { name: 'Grant Access' }).click()
  const dialog = page.getByRole('dialog', { name: 'Grant Access' })
  await expect(dialog).toContainText(user.name)
  await dialog.getByRole('button', { name: 'Confirm' }).click()
  await expect(dialog.getByRole('combobox', { name: 'Instance' })).toHaveAccessibleDescription('Choose an instance.')
  await chooseFrom(dialog, 'Instance', 'example')
  await dialog.getByRole('radio', { name: 'A repository' }).check()
  await chooseFrom(dialog, 'Repository', path)
  await dialog.getByRole('radio', { name: 'Push' }).check()
  await dialog.getByRole('button', { name: 'Confirm' }).click()
  await expect(toast(page, `${user.name} was granted Push permission on ${path}`)).toBeVisible()
  const granted = grants.getByRole('row', { name: path })
  await expect(granted).toContainText('Push')

  await granted.getByRole('button', { name: `Change what ${user.name} may do on ${path}` }).click()
  const change = page.getByRole('dialog', { name: 'Change Permission' })
  await expect(change.getByRole('radio', { name: 'Push' })).toBeChecked()
  await change.getByRole('radio', { name: 'Manage' }).check()
  await change.getByRole('button', { name: 'Confirm' }).click()
  await expect(granted).toContainText('Manage')

  await granted.getByRole('button', { name: `Revoke what ${user.name} may do on ${path}` }).click()
  const revoke = page.getByRole('dialog', { name: 'Revoke Access' })
  await expect(revoke).toContainText(`${user.name} loses Manage permission on ${path}.`)
  await revoke.getByRole('button', { name: 'Revoke' }).click()
  await expect(grants.getByRole('heading', { name: 'No grants yet' })).toBeVisible()
})

test('a user is deleted by their name', async ({ api, page }) => {
  const user = await api.createUser()
  await api.createGrant({ subjectId: user.id, scopeId: (await api.defaultInstance()).id, permission: 'PULL' })
  await page.goto(`/users/${user.id}`)
  await page.getByRole('button', { name: 'More actions' }).click()
  await page.getByRole('menuitem', { name: 'Delete User' }).click()
  const dialog = page.getByRole('dialog', { name: 'Delete User' })
  await expect(dialog).toContainText('The user’s only grant, sessions and credentials are deleted too.')
  await dialog.getByLabel(`Type ${user.name} to confirm`).fill(user.name)
  await dialog.getByRole('button', { name: 'Delete User' }).click()
  await expect(page).toHaveURL('/users')
  await expect(toast(page, `User ${user.name} was deleted`)).toBeVisible()
  await page.goto(`/users/${user.id}`)
  await expect(page.getByRole('alert').getByRole('heading', { name: 'There is no such user' })).toBeVisible()
})

test('search and filters narrow the list and stay in the address', async ({ api, page }) => {
  const stem = uniqueName('filtered')
  await api.createUser({ name: `${stem}.a` })
  await api.createUser({ name: `${stem}.b`, isDisabled: true })
  await page.goto('/users')
  const names = page.getByRole('table', { name: 'Users' }).getByRole('rowheader')
  await page.getByRole('searchbox', { name: 'Search users' }).fill(stem)
  await expect(names).toHaveText([`${stem}.a`, `${stem}.b`])
  await page.getByRole('combobox', { name: 'Status' }).selectOption('Disabled')
  await expect(names).toHaveText([`${stem}.b`])
  await expect(page).toHaveURL(`/users?search=${stem}&isDisabled=true`)
  await page.reload()
  await expect(names).toHaveText([`${stem}.b`])
  await page.getByRole('combobox', { name: 'Role' }).selectOption('Administrator')
  await expect(page.getByText('No user matches these filters.')).toBeVisible()
  await page.getByRole('button', { name: 'Clear Filters' }).click()
  await expect(page).toHaveURL('/users')
})

function row(page: Page, name: string): Locator {
  return page.getByRole('table', { name: 'Users' }).getByRole('row', { name })
}

function toast(page: Page, text: string): Locator {
  return page.getByRole('status').filter({ hasText: text })
}

async function command(page: Page, name: string, item: string): Promise<void> {
  await page.getByRole('button', { name: `More actions for ${name}` }).click()
  await page.getByRole('menuitem', { name: item, exact: true }).click()
}

/** Logs a context on; answers the status. */
async function logOn(context: BrowserContext, server: ServerInfo, userName: string, password: string): Promise<number> {
  const headers = { origin: server.url }
  return (await context.request.post('/api/v1/session', { headers, data: { userName, password } })).status()
}
