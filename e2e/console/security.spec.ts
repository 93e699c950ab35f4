import type { Browser, Page } from '@playwright/test'
import { TOTP } from 'otpauth'
import { userPassword } from '../api'
import { audit } from '../axe'
import { expect, test } from '../fixtures'

/* One's own account: password, two-step verification, sessions. Each test has a user of its own. */

const securityPage = '/account/security'

test('a new password is asked for twice and by the current one; every other browser is logged off', async ({
  api,
  browser,
  page,
  baseURL,
}) => {
  const { name } = await api.createUser()
  const elsewhere = await logOnElsewhere(browser, baseURL, name)
  await page.goto(securityPage)
  await logOn(page, name)
  await expect(page).toHaveURL(securityPage)

  await page.getByRole('button', { name: 'Change Password' }).click()
  const dialog = page.getByRole('dialog', { name: 'Change Password' })
  const [current, next, repeat] = ['Current Password', 'New Password', 'Confirm New Password'].map((label) =>
    dialog.getByLabel(label, { exact: true }),
  ) as [ReturnType<Page['getByLabel']>, ReturnType<Page['getByLabel']>, ReturnType<Page['getByLabel']>]
  await expect(current).toBeFocused()
  await current.fill('not-my-password')
  await next.fill('a-new-long-password')
  await repeat.fill('a-new-long-passw0rd')
  await dialog.getByRole('button', { name: 'Change Password' }).click()
  await expect(repeat).toHaveAccessibleDescription('The two passwords differ.')
  await repeat.fill('a-new-long-password')
  await dialog.getByRole('button', { name: 'Change Password' }).click()
  await expect(current).toHaveAccessibleDescription('That is not your current password.')

  await current.fill(userPassword)
  await next.fill('password1234')
  await repeat.fill('password1234')
  await dialog.getByRole('button', { name: 'Change Password' }).click()
  await expect(next).toHaveAccessibleDescription('This is a common password, easy to guess.')
  await audit(page, 'Change Password, refused')

  await next.fill('a-new-long-password')
  await repeat.fill('a-new-long-password')
  await dialog.getByRole('button', { name: 'Change Password' }).click()
  await expect(page.getByRole('status').getByText('Your password was changed')).toBeVisible()
  await expect(dialog).toBeHidden()

  // This browser goes on, the other one does not.
  await page.reload()
  await expect(page.getByRole('heading', { level: 1, name: 'Security' })).toBeVisible()
  await elsewhere.reload()
  await expect(elsewhere.getByRole('heading', { name: 'Log on to the console' })).toBeVisible()
  await logOn(elsewhere, name, 'a-new-long-password')
  await expect(elsewhere).toHaveURL(securityPage)
})

test('two-step verification: set up with an app, asked for at the log-on, a recovery code in the app’s place, turned off', async ({
  api,
  browser,
  page,
  baseURL,
}) => {
  const { name } = await api.createUser()
  await page.goto(securityPage)
  await logOn(page, name)
  const section = page.getByRole('region', { name: 'Two-Step Verification' })
  await section.getByRole('button', { name: 'Set Up' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Your Password').fill('not-my-password')
  await dialog.getByRole('button', { name: 'Continue' }).click()
  await expect(dialog.getByLabel('Your Password')).toHaveAccessibleDescription('That is not your current password.')
  await dialog.getByLabel('Your Password').fill(userPassword)
  await dialog.getByRole('button', { name: 'Continue' }).click()

  await expect(dialog.getByRole('img', { name: 'QR code for the authenticator app' })).toBeVisible()
  await expect(dialog.getByLabel('Code', { exact: true })).toBeFocused()
  const secret = (await dialog.locator('code').textContent()) ?? ''
  await dialog.getByLabel('Code', { exact: true }).fill('000000')
  await dialog.getByRole('button', { name: 'Turn On' }).click()
  await expect(dialog.getByLabel('Code', { exact: true })).toHaveAccessibleDescription(
    /^The code is wrong, or was used before\./,
  )
  await audit(page, 'Set up two-step verification')
  const usedCode = codeOf(secret)
  await dialog.getByLabel('Code', { exact: true }).fill(usedCode)
  await dialog.getByRole('button', { name: 'Turn On' }).click()

  const codes = dialog.getByRole('list', { name: 'Recovery Codes' }).getByRole('listitem')
  await expect(codes).toHaveCount(10)
  await audit(page, 'Recovery codes')
  const [recoveryCode = ''] = await codes.allTextContents()
  // A slip does not lose what is shown once.
  await expect(dialog.getByRole('button', { name: 'Copy All' })).toBeFocused()
  await page.keyboard.press('Escape')
  await expect(codes).toHaveCount(10)
  await expect(dialog.getByRole('button', { name: 'Close' })).toHaveCount(0)
  await dialog.getByRole('button', { name: 'I Have Saved Them' }).click()
  await expect(section.getByText('On', { exact: true })).toBeVisible()

  const elsewhere = await (await browser.newContext({ ...(baseURL === undefined ? {} : { baseURL }) })).newPage()
  await elsewhere.goto(securityPage)
  await logOn(elsewhere, name)
  await expect(elsewhere.getByRole('heading', { name: 'Two-Step Verification' })).toBeVisible()
  await expect(elsewhere.getByLabel('Code', { exact: true })).toBeFocused()
  await expect(elsewhere.getByRole('main').getByRole('alert')).toHaveCount(0)
  // The code that turned it on is used up.
  await elsewhere.getByLabel('Code', { exact: true }).fill(usedCode)
  await elsewhere.getByRole('button', { name: 'Log On' }).click()
  await expect(elsewhere.getByRole('main').getByRole('alert')).toHaveText(/^The code is wrong, or was used before\./)
  await audit(elsewhere, 'the second step of the log-on, refused')
  await elsewhere.getByRole('button', { name: 'Back' }).click()
  await expect(elsewhere.getByLabel('User name')).toHaveValue(name)
  await expect(elsewhere.getByLabel('User name')).toBeFocused()
  await elsewhere.getByRole('button', { name: 'Log On' }).click()
  await elsewhere.getByLabel('Code', { exact: true }).fill(recoveryCode.toUpperCase())
  await elsewhere.keyboard.press('Enter')
  await expect(elsewhere).toHaveURL(securityPage)
  await expect(elsewhere.getByRole('region', { name: 'Two-Step Verification' })).toContainText('Recovery Codes Left9')

  await page.reload()
  await section.getByRole('button', { name: 'Turn Off' }).click()
  await dialog.getByLabel('Your Password').fill(userPassword)
  await dialog.getByRole('button', { name: 'Turn Off' }).click()
  await expect(section.getByText('Off', { exact: true })).toBeVisible()
})

test('sessions: where one is logged on, the end of one, and of all', async ({ api, browser, page, baseURL }) => {
  const { name } = await api.createUser()
  const elsewhere = await logOnElsewhere(browser, baseURL, name)
  await page.goto('/')
  await logOn(page, name)
  await page.getByRole('button', { name: `Account ${name}` }).click()
  await page.getByRole('menuitem', { name: 'Security' }).click()
  await expect(page).toHaveURL(securityPage)
  await expect(page.getByRole('navigation', { name: 'Your Account' }).getByRole('link')).toHaveText([
    'Security',
    'Access Keys',
  ])

  const rows = page.getByRole('table', { name: 'Sessions' }).getByRole('row')
  await expect(rows).toHaveCount(3)
  const mine = rows.filter({ hasText: 'This session' })
  await expect(mine).toContainText('127.0.0.1')
  await expect(mine.getByRole('button')).toHaveCount(0)
  await audit(page, 'Security')

  await page.getByRole('button', { name: /^End the session Chrome on / }).click()
  await expect(rows).toHaveCount(2)
  await elsewhere.reload()
  await expect(elsewhere.getByRole('heading', { name: 'Log on to the console' })).toBeVisible()
  await logOn(elsewhere, name)
  await expect(elsewhere).toHaveURL(securityPage)

  await page.getByRole('button', { name: 'Log Off Everywhere' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Log Off Everywhere' }).click()
  await expect(page).toHaveURL('/login')
  await elsewhere.reload()
  await expect(elsewhere.getByRole('heading', { name: 'Log on to the console' })).toBeVisible()
})

async function logOnElsewhere(browser: Browser, baseURL: string | undefined, name: string): Promise<Page> {
  const context = await browser.newContext({ ...(baseURL === undefined ? {} : { baseURL }) })
  const page = await context.newPage()
  await page.goto(securityPage)
  await logOn(page, name)
  await expect(page).toHaveURL(securityPage)
  return page
}

async function logOn(page: Page, name: string, password = userPassword): Promise<void> {
  await page.getByLabel('User name').fill(name)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Log On' }).click()
}

function codeOf(secret: string): string {
  return new TOTP({ secret }).generate()
}
