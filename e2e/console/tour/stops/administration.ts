import { maintenanceAddress } from '../../../pages/addresses'
import { close, open, start, type Stop, visit } from '../tour'

/** What only administrators see. */
export const administrationStops: readonly Stop[] = [
  {
    name: 'Users',
    shows: ['app/(console)/users/page.tsx'],
    go: (tour) => visit(tour, `/users?search=${start(tour.place.guest)}`, tour.page.getByRole('rowheader')),
  },
  {
    name: 'Invite User',
    shows: ['components/users/invite-user-dialog.tsx'],
    go: (tour) => open(tour, tour.main.getByRole('button', { name: tour.words('invitations.invite') })),
  },
  {
    name: 'Create User, with errors',
    shows: ['components/users/create-user-dialog.tsx'],
    go: async (tour) => {
      await open(tour, tour.main.getByRole('button', { name: tour.words('users.create') }))
      await tour.dialog.getByRole('button', { name: tour.words('common.confirm') }).click()
      await tour.dialog.locator('[aria-invalid=true]').first().waitFor()
    },
  },
  {
    name: 'the menu of a user',
    shows: ['components/users/user-menu.tsx'],
    go: (tour) => open(tour, moreOf(tour, tour.place.guest)),
  },
  {
    name: 'Revoke Invitation',
    shows: ['components/users/revoke-invitation-dialog.tsx'],
    go: (tour) => open(tour, moreOf(tour, tour.place.guest), item(tour, 'invitations.revoke')),
  },
  {
    name: 'New Invitation Link',
    shows: ['components/users/renew-invitation-dialog.tsx'],
    go: (tour) => open(tour, moreOf(tour, tour.place.guest), item(tour, 'invitations.renew')),
  },
  {
    name: 'an invitation link, shown once',
    shows: ['components/users/invitation-link-dialog.tsx'],
    go: async ({ dialog, words }) => {
      await dialog.locator('.dialog-foot .button').last().click()
      await dialog.getByText(words('secret.once')).waitFor()
    },
  },
  {
    name: 'Set Password of a user',
    shows: ['components/users/set-password-dialog.tsx'],
    go: async (tour) => {
      await close(tour)
      await open(tour, moreOf(tour, tour.place.guest), item(tour, 'users.setPassword'))
    },
  },
  {
    name: 'Disable User',
    shows: ['components/users/switch-user-dialog.tsx'],
    go: (tour) => open(tour, moreOf(tour, tour.place.guest), item(tour, 'users.disable')),
  },
  {
    name: 'Delete User',
    shows: ['components/users/delete-user-dialog.tsx'],
    go: (tour) => open(tour, moreOf(tour, tour.place.guest), item(tour, 'users.delete')),
  },
  {
    name: 'a user',
    shows: ['app/(console)/users/[userId]/page.tsx'],
    go: (tour) => visit(tour, `/users/${tour.place.user.id}`, tour.page.getByRole('rowheader')),
  },
  {
    name: 'Edit User',
    shows: ['components/users/edit-user-dialog.tsx'],
    go: (tour) => open(tour, tour.main.getByRole('button', { name: tour.words('common.edit'), exact: true })),
  },
  {
    name: 'Audit',
    shows: ['app/(console)/audit/page.tsx'],
    go: (tour) => visit(tour, `/audit?text=${start(tour.place.user.name)}`, tour.main.getByRole('rowheader')),
  },
  {
    name: 'an audit event',
    shows: ['components/audit/audit-event-dialog.tsx'],
    go: async (tour) => {
      const name = new RegExp(tour.words('audit.detailsOf', { id: String.raw`\d+` }))
      await open(tour, tour.main.getByRole('button', { name }).first())
      await tour.dialog.getByRole('table').waitFor()
    },
  },
  {
    name: 'the calendar',
    shows: ['components/audit/day-field.tsx'],
    go: async (tour) => {
      await open(tour, tour.main.getByRole('button', { name: tour.words('audit.chooseFrom') }))
      await tour.page.getByRole('grid').waitFor()
    },
  },
  {
    name: 'Garbage Collection',
    shows: ['app/(console)/maintenance/garbage-collection/page.tsx'],
    go: (tour) => visit(tour, maintenanceAddress('garbage-collection'), tour.main.getByRole('heading', { level: 1 })),
  },
  {
    name: 'Run Garbage Collection',
    shows: ['components/maintenance/run-garbage-collection-dialog.tsx'],
    go: (tour) => open(tour, tour.main.getByRole('button', { name: tour.words('maintenance.runNow'), exact: true })),
  },
  {
    name: 'Scrub',
    shows: ['app/(console)/maintenance/scrub/page.tsx'],
    go: (tour) => visit(tour, maintenanceAddress('scrub'), tour.main.getByRole('heading', { level: 1 })),
  },
  {
    name: 'Run Scrub',
    shows: ['components/maintenance/run-scrub-dialog.tsx'],
    go: (tour) => open(tour, tour.main.getByRole('button', { name: tour.words('maintenance.runNow'), exact: true })),
  },
  {
    name: 'the manual',
    shows: ['app/(console)/docs/[[...page]]/page.tsx'],
    go: (tour) => visit(tour, '/docs', tour.main.getByRole('heading', { level: 1 })),
  },
  {
    name: 'a page of the manual',
    shows: ['app/(console)/docs/[[...page]]/page.tsx'],
    go: (tour) => visit(tour, '/docs/operations', tour.main.getByRole('heading', { level: 1 })),
  },
  {
    name: 'the reference of the API',
    shows: ['app/(console)/docs/api/page.tsx'],
    go: (tour) => visit(tour, '/docs/api', tour.main.getByRole('heading', { level: 1 })),
  },
  {
    name: 'an operation of the API',
    shows: ['app/(console)/docs/api/[operation]/page.tsx'],
    go: (tour) => visit(tour, '/docs/api/updateRepository', tour.main.getByRole('heading', { level: 1 })),
  },
]

function moreOf({ main, words }: Parameters<Stop['go']>[0], name: string) {
  return main.getByRole('button', { name: words('users.moreActions', { name }), exact: true })
}

function item({ page, words }: Parameters<Stop['go']>[0], key: string) {
  return page.getByRole('menuitem', { name: words(key), exact: true })
}
