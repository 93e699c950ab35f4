import type { Page } from '@playwright/test'
import { audit } from '../axe'
import { expect, test, uniqueName } from '../fixtures'
import { type OpenIdProvider, startOpenIdProvider } from '../openid-provider'
import type { StartedServer, StartOptions } from '../server'

/* Single sign-on in a browser, with a real provider that runs in the test. */

let provider: OpenIdProvider | undefined

test.afterEach(() => provider?.close())

test('a person signs in with the provider, ends where they wanted to, and has no password here', async ({
  page,
  startPrivateServer,
}) => {
  const { server, provider } = await startBoth(startPrivateServer)
  const login = uniqueName('person')
  provider.setClaims(login, { preferred_username: login, name: 'Ada Lovelace', groups: ['owners'] })

  await page.goto(`${server.url}/maintenance/scrub`)
  await audit(page, 'the log-on page with single sign-on')
  await page.getByRole('link', { name: 'Log on with Example Inc.' }).click()
  await passProvider(page, login)
  await expect(page).toHaveURL(`${server.url}/maintenance/scrub`)
  await expect(page.getByRole('heading', { level: 1, name: 'Scrub' })).toBeVisible()

  // By their group they are an administrator.
  await page.getByRole('button', { name: `Account ${login}` }).click()
  await expect(page.getByText('Administrator', { exact: true })).toBeVisible()
  await page.getByRole('menuitem', { name: 'Security' }).click()
  await expect(page.getByRole('region', { name: 'Password' })).toContainText('You have no password here')
  await expect(page.getByRole('region', { name: 'Two-Step Verification' })).toHaveCount(0)
})

test('whose name somebody has here gets another one, and the local user is not taken over', async ({
  page,
  startPrivateServer,
}) => {
  const { server, provider } = await startBoth(startPrivateServer)
  provider.setClaims('mallory', { preferred_username: server.admin.name })

  await page.goto(`${server.url}/login`)
  await page.getByRole('link', { name: 'Log on with Example Inc.' }).click()
  await passProvider(page, 'mallory')
  const account = page.getByRole('button', { name: new RegExp(`^Account ${server.admin.name}-[0-9a-f]{8}$`) })
  await account.click()
  await expect(page.getByText('Administrator', { exact: true })).toHaveCount(0)
})

test('who is refused at the provider is told so, and the page asked for is not forgotten', async ({
  page,
  startPrivateServer,
}) => {
  const { server } = await startBoth(startPrivateServer)
  await page.goto(`${server.url}/login?refused=not-allowed&next=%2Fmaintenance%2Fscrub`)
  await expect(page.getByRole('main').getByRole('alert')).toHaveText(/^None of your groups may use this console/)
  await audit(page, 'the log-on page after a refusal')
  // The page asked for is not forgotten.
  await page.getByLabel('User name').fill(server.admin.name)
  await page.getByLabel('Password', { exact: true }).fill(server.admin.password)
  await page.getByRole('button', { name: 'Log On' }).click()
  await expect(page).toHaveURL(`${server.url}/maintenance/scrub`)
})

/** A provider, and a server that trusts it; each must know the other's address first. */
async function startBoth(
  start: (options?: StartOptions) => Promise<StartedServer>,
): Promise<{ server: StartedServer; provider: OpenIdProvider }> {
  const first = await start()
  const started = await startOpenIdProvider(first.url)
  provider = started
  await first.kill()
  const env = { ...started.env, STELE_OIDC_ADMIN_GROUPS: 'owners' }
  const server = await start({ port: first.port, dataDir: first.dataDir, env })
  return { server, provider: started }
}

/** What a person does on the provider's own pages. */
async function passProvider(page: Page, login: string): Promise<void> {
  await page.getByPlaceholder('Enter any login').fill(login)
  await page.getByPlaceholder('and password').fill('any')
  await page.getByRole('button', { name: 'Sign-in' }).click()
  await page.getByRole('button', { name: 'Continue' }).click()
}
