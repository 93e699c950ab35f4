import { instanceAddress, repositoryAddress } from '../../../pages/addresses'
import { close, open, start, type Stop, visit } from '../tour'

const instance = 'app/(console)/[region]/instance/[instanceId]'

/** Grants, and what clients log on with. */
export const accessStops: readonly Stop[] = [
  {
    name: 'Access Control, nothing granted',
    shows: [`${instance}/access-control/page.tsx`],
    go: (tour) =>
      visit(tour, instanceAddress(tour.place.empty, 'access-control'), tour.main.getByRole('heading', { level: 2 })),
  },
  {
    name: 'Access Control',
    shows: [`${instance}/access-control/page.tsx`],
    go: (tour) =>
      visit(
        tour,
        `${instanceAddress(tour.place.home, 'access-control')}?search=${start(tour.place.user.name)}`,
        tour.page.getByRole('rowheader'),
      ),
  },
  {
    name: 'Change Permission',
    shows: ['components/grants/change-grant-dialog.tsx'],
    go: (tour) => open(tour, ofUser(tour, 'grants.changeNamed')),
  },
  {
    name: 'Revoke Access',
    shows: ['components/grants/revoke-grant-dialog.tsx'],
    go: (tour) => open(tour, ofUser(tour, 'grants.revokeNamed')),
  },
  {
    name: 'Grant Access, with errors',
    shows: ['components/grants/create-grant-dialog.tsx'],
    go: async (tour) => {
      await open(tour, tour.main.getByRole('button', { name: tour.words('grants.create') }))
      await tour.dialog.getByRole('radio', { name: tour.words('grants.scopeChoices.REPOSITORY') }).check()
      await tour.dialog.getByRole('button', { name: tour.words('common.confirm') }).click()
      await tour.dialog.getByRole('combobox').last().fill(start(tour.place.user.name))
      await tour.dialog.getByRole('option', { name: tour.place.user.name }).waitFor()
    },
  },
  {
    name: 'Access to a repository',
    shows: [`${instance}/repository/[...path]/page.tsx`],
    go: (tour) => visit(tour, repositoryAddress(tour.place.repository, 'access'), tour.page.getByRole('rowheader')),
  },
  {
    name: 'Access Credential, empty',
    shows: [`${instance}/credentials/page.tsx`],
    go: async (tour) => {
      await visit(
        tour,
        instanceAddress(tour.place.empty, 'credentials'),
        tour.main.getByRole('button', { name: tour.words('robots.create') }),
      )
      await tour.main.getByRole('button', { name: tour.words('tokens.create') }).waitFor()
    },
  },
  {
    name: 'Connect',
    shows: ['components/connect/connect-dialog.tsx'],
    go: (tour) => open(tour, tour.main.getByRole('button', { name: tour.words('connect.title'), exact: true }).first()),
  },
  {
    name: 'Set Password, with errors',
    shows: ['components/credentials/set-password-dialog.tsx'],
    go: async (tour) => {
      await open(tour, tour.main.getByRole('button', { name: tour.words('credentials.setPassword') }).first())
      await tour.dialog.getByRole('button', { name: tour.words('common.confirm') }).click()
      await tour.dialog.locator('[aria-invalid=true]').first().waitFor()
    },
  },
  {
    name: 'Remove Password',
    shows: [`${instance}/credentials/page.tsx`, 'components/credentials/credentials-page.tsx'],
    go: async (tour) => {
      const password = 'Registry-pass-1'
      for (const label of ['credentials.password', 'credentials.confirmPassword']) {
        await tour.dialog.getByLabel(tour.words(label), { exact: true }).fill(password)
      }
      await tour.page.keyboard.press('Enter')
      await tour.dialog.waitFor({ state: 'hidden' })
      await open(tour, tour.main.getByRole('button', { name: tour.words('credentials.remove') }))
    },
  },
  {
    name: 'Create Token',
    shows: ['components/credentials/create-token-dialog.tsx'],
    go: (tour) => open(tour, tour.main.getByRole('button', { name: tour.words('tokens.create') })),
  },
  {
    name: 'a temporary token, shown once',
    shows: ['components/connect/secret-dialog.tsx'],
    go: async ({ dialog, words }) => {
      await dialog.getByRole('button', { name: words('common.confirm') }).click()
      await dialog.getByText('cr_temp_user').first().waitFor()
    },
  },
  {
    name: 'Revoke Temporary Token',
    shows: ['components/credentials/token-section.tsx'],
    go: (tour) => {
      const name = tour.words('tokens.revokeNamed', { name: '' }).trim()
      return open(tour, tour.main.getByRole('row').getByRole('button', { name }).first())
    },
  },
  {
    name: 'Create Robot',
    shows: ['components/robots/create-robot-dialog.tsx'],
    go: async (tour) => {
      await open(tour, tour.main.getByRole('button', { name: tour.words('robots.create') }))
      await tour.dialog.getByRole('button', { name: tour.words('robots.addGrant') }).click()
    },
  },
  ...['GitHub Actions', 'Kubernetes', 'Terraform'].map((tool, at) => ({
    name: `a new robot, with ${tool}`,
    shows: ['components/robots/robot-secret-dialog.tsx', 'components/connect/connect-dialog.tsx'],
    go: async ({ dialog, words, page }: Parameters<Stop['go']>[0]) => {
      if (at === 0) {
        await dialog.getByLabel(words('robots.name')).fill('ci')
        await page.keyboard.press('Enter')
      }
      await dialog.getByRole('tab', { name: tool }).click()
    },
  })),
  {
    name: 'Access Credential',
    shows: [`${instance}/credentials/page.tsx`],
    go: (tour) => close(tour),
  },
  {
    name: 'the menu of a robot',
    shows: ['components/robots/robot-table.tsx'],
    go: (tour) => open(tour, moreOfRobot(tour)),
  },
  {
    name: 'New Secret',
    shows: ['components/robots/rotate-secret-dialog.tsx'],
    go: (tour) => open(tour, moreOfRobot(tour), item(tour, 'robots.rotate')),
  },
  {
    name: 'Disable Robot',
    shows: ['components/robots/robot-command-dialog.tsx'],
    go: (tour) => open(tour, moreOfRobot(tour), item(tour, 'robots.disable')),
  },
  {
    name: 'Delete Robot',
    shows: ['components/robots/robot-command-dialog.tsx'],
    go: (tour) => open(tour, moreOfRobot(tour), item(tour, 'robots.delete')),
  },
  {
    name: 'Robots',
    shows: ['app/(console)/robots/page.tsx'],
    go: (tour) =>
      visit(tour, `/robots?search=${start(tour.place.robot.replace('robot+', ''))}`, tour.page.getByRole('rowheader')),
  },
  {
    name: 'Edit Robot',
    shows: ['components/robots/edit-robot-dialog.tsx'],
    go: (tour) =>
      open(tour, tour.main.getByRole('button', { name: tour.words('common.editNamed', { name: tour.place.robot }) })),
  },
  {
    name: 'Connect a robot',
    shows: ['components/robots/connect-robot-dialog.tsx'],
    go: (tour) =>
      open(tour, tour.main.getByRole('button', { name: tour.words('connect.named', { name: tour.place.robot }) })),
  },
]

function ofUser({ main, words, place: { repository, user } }: Parameters<Stop['go']>[0], key: string) {
  const scope = `${repository.namespace}/${repository.name}`
  return main.getByRole('button', { name: words(key, { subject: user.name, scope }) })
}

function moreOfRobot({ main, words }: Parameters<Stop['go']>[0]) {
  return main.getByRole('button', { name: words('robots.moreActions', { name: '' }).trim() }).first()
}

function item({ page, words }: Parameters<Stop['go']>[0], key: string) {
  return page.getByRole('menuitem', { name: words(key), exact: true })
}
