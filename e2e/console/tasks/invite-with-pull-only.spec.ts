import { expect, pushImage, test } from '../../fixtures'
import { Api } from '../../api'
import { instanceAddress } from '../../pages/addresses'
import { countClicks } from './clicks'

const password = 'chosen by zoe herself'
const registryPassword = 'Registry-2026'

test('“Somebody of another team needs our images, and must not push”', async ({
  browser,
  page,
  signIn,
  skopeo,
  startPrivateServer,
}) => {
  test.slow()
  const server = await startPrivateServer()
  const api = new Api(server)
  await pushImage(server, 'test/example', 'v1')
  await signIn(server)
  const clicks = await countClicks(page)
  await page.goto(`${server.url}/users`)

  await page.getByRole('button', { name: 'Invite User' }).click()
  const dialog = page.getByRole('dialog')
  await expect(dialog.getByLabel('User Name')).toBeFocused()
  await page.keyboard.type('zoe')
  // The least that helps is chosen: to pull, from the only instance.
  await expect(dialog.getByRole('radio', { name: 'Pull' })).toBeChecked()
  await expect(dialog.getByRole('radio', { name: 'The whole instance' })).toBeChecked()
  await page.keyboard.press('Enter')
  await expect(dialog.getByRole('heading', { name: 'zoe was invited' })).toBeVisible()
  const link = (await dialog.locator('pre').innerText()).trim()
  expect(link).toMatch(new RegExp(`^${server.url}/invitation#\\w{43}$`))
  // It is not lost by a slip.
  await page.keyboard.press('Escape')
  await dialog.getByRole('button', { name: 'Done' }).click()
  expect(clicks()).toBe(2)
  const row = page.getByRole('row').filter({ hasText: 'zoe' })
  await expect(row).toContainText('Invited')

  const hers = await browser.newContext()
  const zoe = await hers.newPage()
  const response = await zoe.goto(link)
  expect(response?.headers()['referrer-policy']).toBe('no-referrer')
  await expect(zoe.getByText('Welcome, zoe.')).toBeVisible()
  await expect(zoe.getByLabel('User Name')).toHaveValue('zoe')
  const chosen = zoe.getByLabel('Password', { exact: true })
  await expect(chosen).toHaveAccessibleDescription(/12 to 256 characters/)
  await chosen.fill('password1234')
  await zoe.getByLabel('Confirm Password').fill('password1234')
  await zoe.keyboard.press('Enter')
  await expect(chosen).toHaveAttribute('aria-invalid', 'true')
  await chosen.fill(password)
  await zoe.getByLabel('Confirm Password').fill(`${password}!`)
  await zoe.keyboard.press('Enter')
  await expect(zoe.getByLabel('Confirm Password')).toHaveAccessibleDescription('The two passwords differ.')
  await zoe.getByLabel('Confirm Password').fill(password)
  await zoe.keyboard.press('Enter')
  await expect(zoe.getByRole('button', { name: 'Account zoe' })).toBeVisible()

  // What she may do is what was granted.
  const instance = await api.defaultInstance()
  await zoe.goto(`${server.url}${instanceAddress(instance, 'repositories')}`)
  await expect(zoe.getByRole('link', { name: 'test/example' })).toBeVisible()
  await expect(zoe.getByRole('button', { name: 'Create Repository' })).toHaveCount(0)
  const set = await hers.request.put(`${server.url}/api/v1/instances/${instance.id}/credentials/password`, {
    headers: { origin: server.url },
    data: { password: registryPassword },
  })
  expect(set.ok()).toBe(true)
  const credentials = `zoe:${registryPassword}`
  const image = `docker://${server.registry}/test/example`
  await skopeo.run(['inspect', '--tls-verify=false', '--creds', credentials, `${image}:v1`])
  const push = [
    'copy',
    '--dest-tls-verify=false',
    '--dest-creds',
    credentials,
    await skopeo.makeImage('x'),
    `${image}:v2`,
  ]
  expect((await skopeo.attempt(push)).stderr).toMatch(/denied/)

  // The link is worth nothing any more, and was in no log.
  const again = await browser.newPage()
  await again.goto(link)
  await expect(again.getByText('This invitation was used')).toBeVisible()
  expect(server.output()).not.toContain(link.split('#')[1])
  await page.reload()
  await expect(row).toContainText('Enabled')
  await again.close()
  await hers.close()
})

test('a link that was revoked, replaced or cut off says what to do', async ({
  browser,
  page,
  signIn,
  startPrivateServer,
}) => {
  const server = await startPrivateServer()
  await signIn(server)
  await page.goto(`${server.url}/users`)
  const dialog = page.getByRole('dialog')
  const shownLink = async () => {
    const link = (await dialog.locator('pre').innerText()).trim()
    await dialog.getByRole('button', { name: 'Done' }).click()
    return link
  }
  await page.getByRole('button', { name: 'Invite User' }).click()
  await dialog.getByLabel('User Name').fill('ada')
  await dialog.getByRole('radio', { name: 'Nothing yet' }).check()
  await dialog.getByRole('button', { name: 'Confirm' }).click()
  const first = await shownLink()
  const row = page.getByRole('row').filter({ hasText: 'ada' })
  const choose = async (item: string) => {
    await row.getByRole('button', { name: 'More actions for ada' }).click()
    await row.getByRole('menuitem', { name: item }).click()
  }
  await choose('New Invitation Link')
  await dialog.getByRole('button', { name: 'Confirm' }).click()
  const second = await shownLink()

  const guest = await (await browser.newContext()).newPage()
  await guest.goto(first)
  await expect(guest.getByRole('main').getByRole('alert')).toContainText('This invitation was revoked.')
  // Another link in the same tab changes the fragment only.
  await guest.goto(second)
  await expect(guest.getByText('Welcome, ada.')).toBeVisible()
  await guest.goto(second.slice(0, -1))
  await expect(guest.getByRole('main').getByRole('alert')).toContainText('This is not a valid invitation.')
  await guest.goto(`${server.url}/invitation`)
  await expect(guest.getByRole('main').getByRole('alert')).toContainText('This is not a valid invitation.')

  await choose('Revoke Invitation')
  await dialog.getByRole('button', { name: 'Revoke Invitation' }).click()
  await expect(row).toContainText('No password yet')
  await guest.goto(second)
  await expect(guest.getByRole('main').getByRole('alert')).toContainText('This invitation was revoked.')
  await guest.getByRole('link', { name: 'Log On' }).click()
  await expect(guest).toHaveURL(`${server.url}/login`)
  await guest.context().close()
})
