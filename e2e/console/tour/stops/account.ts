import { TOTP } from 'otpauth'
import { userPassword } from '../../../api'
import { close, open, type Stop, type Tour, visit } from '../tour'

/** One's own account, the log-on, and the invitation. The tour begins logged off, and goes on as its user. */
export const accountStops: readonly Stop[] = [
  {
    name: 'the log-on, with errors',
    shows: ['app/login/page.tsx'],
    go: async ({ page, main }) => {
      await page.goto('/login')
      await main.getByRole('button').last().click()
      await main.locator('[aria-invalid=true]').first().waitFor()
    },
  },
  {
    name: 'an invitation',
    shows: ['app/invitation/page.tsx'],
    go: (tour) => visit(tour, tour.place.invitation, tour.main.getByRole('textbox')),
  },
  {
    name: 'an invitation that is not valid',
    shows: ['app/invitation/page.tsx'],
    go: async (tour) => {
      await tour.page.goto('/login')
      await visit(tour, '/invitation#no-such-invitation', tour.main.getByRole('alert'))
    },
  },
  {
    name: 'Security',
    shows: ['app/(console)/account/security/page.tsx'],
    go: async (tour) => {
      await logOn(tour, { name: tour.place.user.name, password: userPassword })
      await visit(tour, '/account/security', tour.main.getByRole('rowheader'))
    },
  },
  {
    name: 'Change Password',
    shows: ['components/account/change-password-dialog.tsx'],
    go: (tour) => open(tour, named(tour, 'security.changePassword')),
  },
  {
    name: 'Log Off Everywhere',
    shows: ['components/account/end-all-sessions-dialog.tsx'],
    go: (tour) => open(tour, named(tour, 'security.endAll')),
  },
  {
    name: 'Set Up Two-Step Verification, the password',
    shows: ['components/account/set-up-second-factor-dialog.tsx'],
    go: (tour) => open(tour, named(tour, 'security.setUp')),
  },
  {
    name: 'Set Up Two-Step Verification, the code',
    shows: ['components/account/set-up-second-factor-dialog.tsx'],
    go: async ({ dialog, words }) => {
      await dialog.getByLabel(words('security.confirmPassword'), { exact: true }).fill(userPassword)
      await dialog.getByRole('button', { name: words('security.continue') }).click()
      await dialog.getByRole('img', { name: words('security.qrCode') }).waitFor()
    },
  },
  {
    name: 'Recovery Codes, shown once',
    shows: ['components/account/recovery-codes-dialog.tsx'],
    go: async ({ page, dialog, words }) => {
      const secret = (await dialog.locator('code').textContent()) ?? ''
      await dialog.getByLabel(words('security.code'), { exact: true }).fill(new TOTP({ secret }).generate())
      await page.keyboard.press('Enter')
      await dialog.getByRole('list', { name: words('security.codesTitle') }).waitFor()
    },
  },
  {
    name: 'New Recovery Codes',
    shows: ['components/account/renew-recovery-codes-dialog.tsx'],
    go: (tour) => open(tour, named(tour, 'security.renew')),
  },
  {
    name: 'Turn Off Two-Step Verification',
    shows: ['components/account/turn-second-factor-off-dialog.tsx'],
    go: (tour) => open(tour, named(tour, 'security.turnOff')),
  },
  {
    name: 'Access Keys, none',
    shows: ['app/(console)/account/access-keys/page.tsx'],
    go: (tour) => visit(tour, '/account/access-keys', tour.main.getByRole('heading', { level: 2 })),
  },
  {
    name: 'Create Access Key',
    shows: ['components/access-keys/create-access-key-dialog.tsx'],
    go: (tour) => open(tour, named(tour, 'accessKeys.create').first()),
  },
  {
    name: 'an access key with its secret, shown once',
    shows: ['components/access-keys/create-access-key-dialog.tsx', 'components/connect/secret-dialog.tsx'],
    go: async ({ dialog, words }) => {
      await dialog.getByRole('button', { name: words('common.confirm') }).click()
      await dialog.getByRole('button', { name: words('secret.done') }).waitFor()
    },
  },
  {
    name: 'Access Keys',
    shows: ['app/(console)/account/access-keys/page.tsx'],
    go: async (tour) => {
      await close(tour)
      await tour.main.getByRole('rowheader').first().waitFor()
    },
  },
  {
    name: 'Delete Access Key',
    shows: ['components/access-keys/access-keys-page.tsx'],
    go: (tour) => open(tour, tour.main.getByRole('row').last().getByRole('button').last()),
  },
  {
    name: 'Reset Two-Step Verification',
    shows: ['components/users/reset-second-factor-dialog.tsx'],
    go: async (tour) => {
      const { server, user } = tour.place
      await logOn(tour, server.admin)
      await visit(tour, `/users/${user.id}`, tour.page.getByRole('rowheader'))
      await open(
        tour,
        named(tour, 'common.moreActions'),
        tour.page.getByRole('menuitem', { name: tour.words('users.resetSecondFactor') }),
      )
    },
  },
  {
    name: 'the log-on over a dialog, when the session has ended',
    shows: ['components/session/log-on-dialog.tsx'],
    go: async ({ page, dialog }) => {
      const cookies = (await page.context().cookies()).filter(({ name }) => !/theme|locale/.test(name))
      for (const { name } of cookies) await page.context().clearCookies({ name })
      await dialog.last().locator('.dialog-foot .button').last().click()
      await dialog.last().getByLabel(/.+/).first().waitFor()
      await page.locator('dialog[open]').nth(1).waitFor()
    },
  },
]

function named({ main, words }: Tour, key: string) {
  return main.getByRole('button', { name: words(key), exact: true })
}

async function logOn({ page, place: { server } }: Tour, who: { name: string; password: string }): Promise<void> {
  const response = await page.context().request.post(`${server.url}/api/v1/session`, {
    headers: { origin: server.url },
    data: { userName: who.name, password: who.password },
  })
  if (!response.ok()) throw new Error(`Log-on refused: ${response.status()}`)
}
