import type { Page } from '@playwright/test'
import { userPassword } from '../api'
import { expect, test, uniqueName } from '../fixtures'
import { repositoryAddress } from '../pages/addresses'
import type { ServerInfo } from '../server'

/* The only specs that log on by hand; the others use `signIn`. */

/** The name of the cookie that holds the session's token. */
const sessionCookie = ({ port }: ServerInfo) => `stele_session_${port}`

test('a wrong password is said so, keeps one on the page, and the right one then lets one in', async ({
  page,
  server,
}) => {
  await page.goto('/')
  await expect(page.getByLabel('User name')).toBeFocused()
  await logOn(page, { name: server.admin.name, password: 'wrong-password' })
  await expect(page.getByRole('main').getByRole('alert')).toContainText('The user name or the password is wrong.')
  await expect(page.getByLabel('User name')).toHaveValue(server.admin.name)
  await expect(page.getByLabel('Password', { exact: true })).toBeFocused()
  await expect(page).toHaveURL(/\/login\?next=/)

  await logOn(page, { name: 'nobody', password: server.admin.password })
  await expect(page.getByRole('main').getByRole('alert')).toContainText('The user name or the password is wrong.')

  await logOn(page, server.admin)
  await expect(page.getByRole('heading', { level: 1, name: 'Instances' })).toBeVisible()
})

test('a log-on from another address than the server expects says which, not that the account is disabled', async ({
  page,
  server,
}) => {
  // As by a proxy that ends TLS and does not say so.
  await page.route('**/api/v1/session', async (route) => {
    const headers = { ...route.request().headers(), origin: 'https://hub.test' }
    await route.fulfill({ response: await route.fetch({ headers }) })
  })
  await page.goto('/login')
  await logOn(page, server.admin)
  const refusal = page.getByRole('main').getByRole('alert')
  await expect(refusal).toContainText(`it expects a page at ${server.url}, and this page is at https://hub.test`)
  await expect(refusal).toContainText('STELE_PUBLIC_URL')
})

test('what is typed and sent before the page’s script has come is not lost', async ({ page, server }) => {
  let release = () => {}
  const released = new Promise<void>((resolve) => (release = resolve))
  await page.route(/\/_next\/static\/.*\.js/, async (route) => {
    await released
    await route.continue()
  })
  await page.goto('/login', { waitUntil: 'commit' })
  await logOn(page, server.admin)
  await expect(page.getByLabel('User name')).toHaveValue(server.admin.name)
  release()
  await expect(page).toHaveURL('/cn-hangzhou/instances')
})

test('empty fields are named beside them and nothing is sent', async ({ page }) => {
  const sent: string[] = []
  page.on('request', (request) => {
    if (request.method() === 'POST') sent.push(request.url())
  })
  await page.goto('/login')
  await page.getByRole('button', { name: 'Log On' }).click()
  await expect(page.getByLabel('User name')).toHaveAccessibleDescription('Enter your user name.')
  await expect(page.getByLabel('Password', { exact: true })).toHaveAccessibleDescription('Enter your password.')
  expect(sent).toEqual([])
})

test('a page without a session leads to log-on and back to just what was asked for', async ({ api, page, server }) => {
  const repository = await api.createRepository({ name: `deep/${uniqueName('link')}` })
  const address = `${repositoryAddress(repository, 'tags')}?search=v1&sort=name`
  await page.goto(address)
  await expect(page).toHaveURL(`/login?next=${encodeURIComponent(address)}`)
  await logOn(page, server.admin)
  await expect(page).toHaveURL(address)
  await expect(page.getByRole('searchbox', { name: 'Search tags' })).toHaveValue('v1')
})

test('log-on leads to no other site, whatever its address asks for', async ({ page, server }) => {
  await page.goto(`/login?next=${encodeURIComponent('//evil.example/')}`)
  await logOn(page, server.admin)
  await expect(page).toHaveURL('/cn-hangzhou/instances')
  // Who is logged on already goes on at once, by the same rule.
  for (const next of ['https://evil.example/', '/\\evil.example/', '/.//evil.example/', 'javascript:alert(1)']) {
    await page.goto(`/login?next=${encodeURIComponent(next)}`)
    await expect(page).toHaveURL('/cn-hangzhou/instances')
  }
})

test('Log Off ends the session: its cookie is refused afterwards, and Back shows nothing', async ({
  context,
  page,
  server,
  signIn,
}) => {
  await signIn()
  await page.goto('/')
  const session = (await context.cookies()).find(({ name }) => name === sessionCookie(server))
  expect(session).toMatchObject({ httpOnly: true, sameSite: 'Lax' })
  const cookie = `${sessionCookie(server)}=${session?.value}`
  expect((await fetch(`${server.url}/api/v1/session`, { headers: { cookie } })).status).toBe(200)

  await page.getByRole('button', { name: `Account ${server.admin.name}` }).click()
  await page.getByRole('menuitem', { name: 'Log Off' }).click()
  await expect(page).toHaveURL('/login')

  expect((await fetch(`${server.url}/api/v1/session`, { headers: { cookie } })).status).toBe(401)
  expect((await context.cookies()).map(({ name }) => name)).not.toContain(sessionCookie(server))
  await page.goBack()
  await expect(page.getByRole('heading', { name: 'Log on to the console' })).toBeVisible()
})

test('two servers on one host: a log-on or log-off at one leaves the session at the other', async ({
  page,
  startPrivateServer,
}) => {
  const [one, other] = [await startPrivateServer(), await startPrivateServer()]
  for (const { url, admin } of [one, other]) {
    await page.goto(`${url}/login`)
    await logOn(page, admin)
    await expect(page).toHaveURL(`${url}/cn-hangzhou/instances`)
  }
  await page.goto(`${one.url}/`)
  await expect(page).toHaveURL(`${one.url}/cn-hangzhou/instances`)
  await page.getByRole('button', { name: `Account ${one.admin.name}` }).click()
  await page.getByRole('menuitem', { name: 'Log Off' }).click()
  await expect(page).toHaveURL(`${one.url}/login`)
  await page.goto(`${other.url}/`)
  await expect(page).toHaveURL(`${other.url}/cn-hangzhou/instances`)
})

test('a session that ends while a page is open leads to log-on and back', async ({ context, page, server, signIn }) => {
  await signIn()
  await page.goto('/cn-hangzhou/instances')
  await expect(page.getByRole('link', { name: 'example', exact: true })).toBeVisible()
  await context.clearCookies({ name: sessionCookie(server) })
  await page.getByRole('searchbox', { name: 'Search instances' }).fill('example')
  await expect(page).toHaveURL(`/login?next=${encodeURIComponent('/cn-hangzhou/instances?search=example')}`)
  await logOn(page, server.admin)
  await expect(page).toHaveURL('/cn-hangzhou/instances?search=example')
})

test('a session that ends while a dialog is open: the log-on opens over it, and Confirm then works', async ({
  api,
  context,
  page,
  server,
  signIn,
}) => {
  await signIn()
  const repository = await api.createRepository()
  await page.goto(repositoryAddress(repository, 'details'))
  await page.getByRole('region', { name: 'Details' }).getByRole('button', { name: 'Edit' }).click()
  const dialog = page.getByRole('dialog', { name: 'Modify Settings' })
  await dialog.getByLabel('Summary').fill('Typed for an hour')
  await context.clearCookies({ name: sessionCookie(server) })
  await dialog.getByRole('button', { name: 'Confirm' }).click()

  const again = page.getByRole('dialog', { name: 'Log On Again' })
  await expect(again.getByLabel('User name')).toBeFocused()
  await logOn(page, { name: server.admin.name, password: 'wrong-password' })
  await expect(again.getByRole('alert')).toContainText('The user name or the password is wrong.')
  // It can be closed, to copy what was typed, and opens again.
  await page.keyboard.press('Escape')
  await expect(again).toBeHidden()
  await expect(dialog.getByLabel('Summary')).toHaveValue('Typed for an hour')
  await dialog.getByRole('button', { name: 'Confirm' }).click()
  await logOn(page, server.admin)
  await expect(again).toBeHidden()
  await expect(dialog.getByLabel('Summary')).toHaveValue('Typed for an hour')
  expect((await api.repository(repository.id)).summary).toBe('')

  await dialog.getByRole('button', { name: 'Confirm' }).click()
  await expect(dialog).toBeHidden()
  expect((await api.repository(repository.id)).summary).toBe('Typed for an hour')
})

test('whoever logs on over somebody else’s dialog does not go on in it', async ({
  api,
  context,
  page,
  server,
  signIn,
}) => {
  await signIn()
  const { name } = await api.createUser()
  await page.goto('/account/access-keys')
  await page.getByRole('button', { name: 'Create Access Key' }).first().click()
  const dialog = page.getByRole('dialog', { name: 'Create Access Key' })
  await context.clearCookies({ name: sessionCookie(server) })
  await dialog.getByRole('button', { name: 'Confirm' }).click()
  await expect(page.getByRole('dialog', { name: 'Log On Again' })).toBeVisible()
  await logOn(page, { name, password: userPassword })
  await expect(page.getByRole('dialog')).toHaveCount(0)
  await expect(page.getByRole('button', { name: `Account ${name}` })).toBeVisible()
})

async function logOn(page: Page, { name, password }: ServerInfo['admin']): Promise<void> {
  await page.getByLabel('User name').fill(name)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Log On' }).click()
}
