import type { BrowserContext, Locator } from '@playwright/test'
import { accessKeyWithSecret } from '@/lib/api/schemas/access-keys'
import { robot, robotPage, robotWithSecret } from '@/lib/api/schemas/robots'
import { basic, userPassword } from '../api'
import type { CommandLine } from '../clients/command-line'
import { expect, test, uniqueName } from '../fixtures'
import { instanceAddress } from '../pages/addresses'
import { chooseFrom } from '../pages/combobox'
import type { ServerInfo } from '../server'

const registryPassword = 'Registry-2026'

test('Set Password as ACR’s help says, then docker and skopeo log on with it and not with the console’s', async ({
  api,
  context,
  docker,
  page,
  server,
  skopeo,
}) => {
  const instance = await api.defaultInstance()
  const user = await api.createUser()
  await api.createGrant({ subjectId: user.id, scopeId: instance.id, permission: 'PULL' })
  await signInAs(context, server, user)

  await page.goto(instanceAddress(instance, 'repositories'))
  await page.getByRole('list', { name: 'Instances' }).getByRole('link', { name: 'Access Credential' }).click()
  await expect(page).toHaveURL(instanceAddress(instance, 'credentials'))
  await expect(page.getByText('No registry password is set')).toBeVisible()
  // Of a member's instance the robots are not theirs to see.
  await expect(page.getByRole('region', { name: 'Robots' })).toHaveCount(0)

  await page.getByRole('button', { name: 'Set Password' }).click()
  const dialog = page.getByRole('dialog', { name: 'Set Password' })
  const [password, again] = [dialog.getByLabel('Password', { exact: true }), dialog.getByLabel('Confirm Password')]
  const confirm = dialog.getByRole('button', { name: 'Confirm' })
  await expect(password).toBeFocused()
  await password.fill('onlyletters')
  await confirm.click()
  await expect(password).toHaveAccessibleDescription(/at least two of letters, digits and symbols/)
  await expect(password).toHaveAttribute('aria-invalid', 'true')
  await password.fill(registryPassword)
  await again.fill('Registry-2025')
  await confirm.click()
  await expect(again).toHaveAccessibleDescription('The two passwords differ.')
  await again.fill(registryPassword)
  await page.keyboard.press('Enter')
  await expect(dialog).toBeHidden()
  await expect(page.getByText('The registry password was set')).toBeVisible()
  await expect(page.getByText('No registry password is set')).toBeHidden()

  const command = page.getByRole('region', { name: 'Password' }).getByText('docker login')
  await expect(command).toHaveText(`$ docker login --username=${user.name} ${server.registry}`)
  await logsOn(docker, [], server.registry, user.name, registryPassword)
  await logsOn(skopeo, ['--tls-verify=false'], server.registry, user.name, registryPassword)
  await isRefused(docker, [], server.registry, user.name, userPassword)
  await isRefused(skopeo, ['--tls-verify=false'], server.registry, user.name, userPassword)

  await page.reload()
  await expect(page.getByRole('region', { name: 'Password' })).toContainText(/last used/)
  await page.getByRole('button', { name: 'Remove Password' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Remove Password' }).click()
  await expect(page.getByText('No registry password is set')).toBeVisible()
  await isRefused(skopeo, ['--tls-verify=false'], server.registry, user.name, registryPassword)
})

test('a temporary token is shown once with its login command, works, and is refused once it is revoked', async ({
  api,
  context,
  page,
  server,
  skopeo,
}) => {
  const instance = await api.defaultInstance()
  const user = await api.createUser()
  await api.createGrant({ subjectId: user.id, scopeId: instance.id, permission: 'PULL' })
  await signInAs(context, server, user)
  await page.goto(instanceAddress(instance, 'credentials'))
  const section = page.getByRole('region', { name: 'Temporary Tokens' })
  await expect(section.getByRole('heading', { name: 'No temporary tokens yet' })).toBeVisible()
  await section.getByRole('button', { name: 'Create Token' }).click()
  await page.getByRole('dialog').getByLabel('Valid For').selectOption('2 hours')
  await page.getByRole('dialog').getByRole('button', { name: 'Confirm' }).click()
  const shown = page.getByRole('dialog', { name: 'Temporary Token' })
  const token = /\b(\w{43})\b/.exec(await shown.innerText())?.[1] ?? ''
  await expect(shown.getByRole('tabpanel', { name: 'Docker' })).toContainText(
    `docker login --username cr_temp_user --password-stdin ${server.registry}`,
  )
  await expect(shown.getByRole('tabpanel')).not.toContainText(token)
  await logsOn(skopeo, ['--tls-verify=false'], server.registry, 'cr_temp_user', token)
  // It is not lost by a slip: one Enter too many, Escape.
  await expect(shown.getByRole('button', { name: /^Copy / }).first()).toBeFocused()
  await page.keyboard.press('Escape')
  await expect(shown).toContainText(token)
  await expect(shown.getByRole('button', { name: 'Close' })).toHaveCount(0)
  await shown.getByRole('button', { name: 'Done' }).click()
  await expect(page.locator('body')).not.toContainText(token)

  await page.reload()
  await expect(section.getByRole('row').nth(1)).toContainText('Active')
  await section.getByRole('button', { name: /^Revoke / }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click()
  await expect(section.getByRole('row').nth(1)).toContainText('Revoked')
  await isRefused(skopeo, ['--tls-verify=false'], server.registry, 'cr_temp_user', token)
})

test('a robot is made with permissions, logs on, gets a new secret, is disabled, enabled and deleted', async ({
  api,
  page,
  server,
  signIn,
  skopeo,
}) => {
  await signIn()
  const instance = await api.defaultInstance()
  const name = uniqueName('robot')
  const userName = `robot+${name}`
  const insecure = ['--tls-verify=false']
  await page.goto(`${instanceAddress(instance, 'credentials')}?search=${name}`)
  const section = page.getByRole('region', { name: 'Robots' })
  await section.getByRole('button', { name: 'Create Robot' }).click()
  const dialog = page.getByRole('dialog')
  await expect(dialog.getByLabel('Robot Name')).toBeFocused()
  await dialog.getByLabel('Robot Name').fill('Not a name')
  await dialog.getByRole('button', { name: 'Confirm' }).click()
  await expect(dialog.getByLabel('Robot Name')).toHaveAttribute('aria-invalid', 'true')
  await dialog.getByLabel('Robot Name').fill(name)
  await dialog.getByLabel('Description').fill('Builds')
  await dialog.getByLabel('Expires After').selectOption('30 days')
  await dialog.getByRole('button', { name: 'Add Permission' }).click()
  await chooseFrom(dialog, 'Scope 1', 'test')
  await dialog.getByLabel('Permission 1', { exact: true }).selectOption('Push')
  await dialog.getByRole('button', { name: 'Confirm' }).click()
  await expect(dialog).toContainText(/Access Key IDrob-\w{16}/)
  const first = await shownSecret(dialog, `Robot ${userName} was created`)
  const row = section.getByRole('row').filter({ hasText: userName })
  await expect(row).toContainText('Enabled')
  await expect(row).toContainText(/Push\s*test/)
  await logsOn(skopeo, insecure, server.registry, userName, first)
  const image = await skopeo.makeImage(name)
  const target = `docker://${server.registry}/test/${name}:v1`
  await api.createRepository({ name })
  await skopeo.run(['copy', '--dest-tls-verify=false', '--dest-creds', `${userName}:${first}`, image, target])

  await choose(row, userName, 'New Secret')
  await dialog.getByRole('button', { name: 'Confirm' }).click()
  const second = await shownSecret(dialog, `New secret for ${userName}`)
  expect(second).not.toBe(first)
  await isRefused(skopeo, insecure, server.registry, userName, first)
  await logsOn(skopeo, insecure, server.registry, userName, second)

  await choose(row, userName, 'Disable')
  await dialog.getByRole('button', { name: 'Disable' }).click()
  await expect(row).toContainText('Disabled')
  await isRefused(skopeo, insecure, server.registry, userName, second)
  await choose(row, userName, 'Enable')
  await expect(row).toContainText('Enabled')
  await logsOn(skopeo, insecure, server.registry, userName, second)

  // The same list for the administrator, over all instances.
  await page.goto('/')
  await page.getByRole('list', { name: 'Administration' }).getByRole('link', { name: 'Robots' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Robots' })).toBeVisible()
  await page.getByRole('searchbox').fill(name)
  const listed = page.getByRole('row').filter({ hasText: userName })
  await expect(listed.getByRole('link', { name: instance.name })).toBeVisible()
  // The list that was searched: a new one would close the menu.
  await expect(page).toHaveURL(new RegExp(`search=${name}`))
  await expect(page.getByRole('row')).toHaveCount(2)
  await choose(listed, userName, 'Delete Robot')
  await expect(dialog.getByRole('button', { name: 'Delete Robot' })).toBeDisabled()
  await dialog.getByRole('textbox').fill(userName)
  await dialog.getByRole('button', { name: 'Delete Robot' }).click()
  await expect(page.getByRole('heading', { name: 'Nothing found' })).toBeVisible()
  const left = await api.send('GET', `/instances/${instance.id}/robots?search=${name}`, robotPage)
  expect(left.totalCount).toBe(0)
  await isRefused(skopeo, insecure, server.registry, userName, second)
})

test('an access key is shown once, works in the API, is disabled, enabled and deleted; there are at most two', async ({
  api,
  context,
  page,
  server,
}) => {
  const user = await api.createUser()
  await signInAs(context, server, user)
  await page.goto('/account/access-keys')
  const create = page.getByRole('button', { name: 'Create Access Key' })
  const dialog = page.getByRole('dialog')
  await expect(page.getByRole('heading', { name: 'No access keys yet' })).toBeVisible()
  await create.click()
  await dialog.getByRole('button', { name: 'Confirm' }).click()
  const id = (await dialog.getByRole('heading', { name: /^Access key / }).innerText()).split(' ').at(-1) ?? ''
  const secret = /\b(\w{43})\b/.exec(await dialog.innerText())?.[1] ?? ''
  await dialog.getByRole('button', { name: 'Done' }).click()
  const row = page.getByRole('row').filter({ hasText: id })
  await expect(row).toContainText('Enabled')
  const authorization = basic(id, secret)
  const status = async () => (await fetch(`${server.url}/api/v1/access-keys`, { headers: { authorization } })).status
  expect(await status()).toBe(200)

  // The second is a program's: with the first one's rights, which are its owner's.
  const made = await fetch(`${server.url}/api/v1/access-keys`, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json' },
    body: '{}',
  })
  const second = accessKeyWithSecret.parse(await made.json())
  await page.reload()
  await expect(page.getByRole('row').filter({ hasText: second.id })).toBeVisible()
  await expect(create).toBeDisabled()
  await expect(create).toHaveAccessibleDescription(/^You have two access keys/)

  await row.getByRole('button', { name: `Disable ${id}` }).click()
  await dialog.getByRole('button', { name: 'Disable' }).click()
  await expect(row).toContainText('Disabled')
  expect(await status()).toBe(401)
  await row.getByRole('button', { name: `Enable ${id}` }).click()
  await expect(row).toContainText('Enabled')
  expect(await status()).toBe(200)
  await row.getByRole('button', { name: `Delete ${id}` }).click()
  await dialog.getByRole('textbox').fill(id)
  await dialog.getByRole('button', { name: 'Delete Access Key' }).click()
  await expect(row).toHaveCount(0)
  expect(await status()).toBe(401)
  await expect(create).toBeEnabled()
})

test('a robot that somebody else changed meanwhile is not deleted on what was seen', async ({ api, page, signIn }) => {
  await signIn()
  const instance = await api.defaultInstance()
  const name = uniqueName('robot')
  const made = await api.send('POST', `/instances/${instance.id}/robots`, robotWithSecret, { name })
  await page.goto(`/robots?search=${name}`)
  await choose(page.getByRole('row').filter({ hasText: made.userName }), made.userName, 'Delete Robot')
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('textbox').fill(made.userName)
  // Read again in the background, as at every return to the window, it keeps what was typed.
  const reread = page.waitForResponse((response) => response.url().endsWith(`/robots/${made.id}`))
  await page.evaluate(() => window.dispatchEvent(new Event('visibilitychange')))
  await reread
  await expect(dialog.getByRole('textbox')).toHaveValue(made.userName)
  await api.send('PATCH', `/robots/${made.id}`, robot, { description: 'still needed' })
  await dialog.getByRole('button', { name: 'Delete Robot' }).click()
  await expect(dialog.getByRole('alert')).toContainText('changed it meanwhile')
  expect(await api.send('GET', `/robots/${made.id}`, robot)).toMatchObject({ description: 'still needed' })
})

test('Edit changes a robot’s description and expiry, and a change meanwhile is shown, not overwritten', async ({
  api,
  page,
  signIn,
}) => {
  await signIn()
  const instance = await api.defaultInstance()
  const name = uniqueName('robot')
  const expiresAt = new Date(Date.now() + 24 * 60 * 60 * 1000).toISOString()
  const made = await api.send('POST', `/instances/${instance.id}/robots`, robotWithSecret, { name, expiresAt })
  const read = () => api.send('GET', `/robots/${made.id}`, robot)
  await page.goto(`/robots?search=${name}`)
  const edit = page.getByRole('button', { name: `Edit ${made.userName}` })
  const dialog = page.getByRole('dialog', { name: 'Edit Robot' })

  await edit.click()
  await expect(dialog.getByLabel('Description')).toBeFocused()
  await expect(dialog.getByRole('button', { name: 'Confirm' })).toBeDisabled()
  await dialog.getByLabel('Description').fill('Builds')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('status').filter({ hasText: `Robot ${made.userName} was changed` })).toBeVisible()
  expect(await read()).toMatchObject({ description: 'Builds', expiresAt })

  await edit.click()
  await dialog.getByLabel('Expires').selectOption('Never')
  await api.send('PATCH', `/robots/${made.id}`, robot, { description: 'Theirs' })
  await dialog.getByRole('button', { name: 'Confirm' }).click()
  await expect(dialog.getByRole('alert')).toContainText('Somebody else changed this robot meanwhile.')
  await expect(dialog.getByRole('row')).toHaveText([
    /Setting/,
    /Description\s*Theirs\s*You did not change it/,
    /Expires\s*\d.*Never/,
  ])
  expect(await read()).toMatchObject({ description: 'Theirs', expiresAt })
  await dialog.getByRole('button', { name: 'Use Yours' }).click()
  await expect(dialog).toBeHidden()
  expect(await read()).toMatchObject({ description: 'Theirs', expiresAt: null })

  await edit.click()
  await dialog.getByLabel('Expires').selectOption('90 days from now')
  await dialog.getByRole('button', { name: 'Confirm' }).click()
  await expect(dialog).toBeHidden()
  const days = (Date.parse((await read()).expiresAt ?? '') - Date.now()) / (24 * 60 * 60 * 1000)
  expect(Math.round(days)).toBe(90)
})

/** Chooses what to do with a robot, from the menu of its row. */
async function choose(row: Locator, userName: string, item: string) {
  await row.getByRole('button', { name: `More actions for ${userName}` }).click()
  await row.getByRole('menuitem', { name: item }).click()
}

/** Logs the page's browser context on as a user that the test made. */
async function signInAs(context: BrowserContext, server: ServerInfo, { name }: { name: string }): Promise<void> {
  const response = await context.request.post('/api/v1/session', {
    headers: { origin: server.url },
    data: { userName: name, password: userPassword },
  })
  expect(response.status()).toBe(201)
}

/** The secret that a dialog shows, closed afterwards. */
async function shownSecret(dialog: Locator, title: string): Promise<string> {
  await expect(dialog.getByRole('heading', { name: title })).toBeVisible()
  const secret = /\b(\w{43})\b/.exec(await dialog.innerText())?.[1] ?? ''
  expect(secret).not.toBe('')
  await dialog.getByRole('button', { name: 'Done' }).click()
  await expect(dialog).toBeHidden()
  return secret
}

function logOn(client: CommandLine, options: string[], registry: string, name: string, password: string) {
  return client.attempt(['login', ...options, '--username', name, '--password-stdin', registry], password)
}

async function logsOn(...log: Parameters<typeof logOn>): Promise<void> {
  const { code, stderr } = await logOn(...log)
  expect(code, stderr).toBe(0)
}

async function isRefused(...log: Parameters<typeof logOn>): Promise<void> {
  const { code, stderr } = await logOn(...log)
  expect(code).not.toBe(0)
  expect(stderr).toMatch(/unauthorized|invalid username\/password/i)
}
