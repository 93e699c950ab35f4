import { repositoryAddress } from '../../../pages/addresses'
import { close, open, openWhereShown, type Stop, visit } from '../tour'

const page = 'app/(console)/[region]/instance/[instanceId]/repository/[...path]/page.tsx'

/** The sections of a repository. */
export const repositoryStops: readonly Stop[] = [
  {
    name: 'Details',
    shows: [page],
    go: (tour) => visit(tour, repositoryAddress(tour.place.repository, 'details'), tour.main.getByText('See the bank')),
  },
  {
    name: 'Modify Settings',
    shows: ['components/repositories/modify-settings-dialog.tsx'],
    go: async (tour) => {
      await open(tour, tour.main.getByRole('button', { name: tour.words('common.edit') }))
      await tour.dialog.getByRole('button', { name: tour.words('immutability.advanced') }).click()
      await tour.dialog.getByRole('checkbox').first().uncheck()
      await tour.dialog.getByRole('status').getByText(/\d/).first().waitFor()
    },
  },
  {
    name: 'Modify Settings, in conflict',
    shows: ['components/repositories/modify-settings-dialog.tsx'],
    go: async ({ dialog, words, place: { api, repository } }) => {
      await dialog.getByLabel(words('repositories.summary')).fill('Mine')
      await api.updateRepository(repository.id, { summary: 'Theirs' })
      await dialog.getByRole('button', { name: words('common.confirm') }).click()
      await dialog.getByRole('table').waitFor()
    },
  },
  {
    name: 'the menu of a repository',
    shows: ['components/repositories/repository-page.tsx'],
    go: async (tour) => {
      await close(tour)
      await visit(tour, repositoryAddress(tour.place.repository, 'details'), tour.main.getByText('See the bank'))
      await open(tour, tour.main.getByRole('button', { name: tour.words('common.moreActions') }))
    },
  },
  {
    name: 'Delete Repository, refused',
    shows: ['components/repositories/delete-repository-dialog.tsx'],
    go: async (tour) => {
      await tour.page.getByRole('menuitem').click()
      await tour.dialog.getByRole('textbox').fill(tour.place.repository.name)
      await tour.page.keyboard.press('Enter')
      await tour.dialog.getByRole('alert').waitFor()
    },
  },
  {
    name: 'Tags',
    shows: [page],
    go: (tour) => visit(tour, repositoryAddress(tour.place.repository, 'tags'), tour.page.getByRole('rowheader')),
  },
  {
    name: 'all platforms of a tag',
    shows: ['components/tags/platforms.tsx'],
    go: (tour) =>
      open(tour, tour.main.getByRole('button', { name: tour.words('tagTable.allPlatforms', { count: 6 }) }).first()),
  },
  {
    name: 'the menu of a tag',
    shows: ['components/tags/tag-table.tsx'],
    go: (tour) =>
      openWhereShown(
        tour,
        tour.main.getByRole('button', { name: tour.words('tagTable.moreActions', { name: 'v1' }), exact: true }),
      ),
  },
  {
    name: 'Copy Tag, of a list',
    shows: ['components/tags/copy-tag-dialog.tsx'],
    go: (tour) => ofTag(tour, 'tagHistory.copyNamed', 'tagHistory.copy'),
  },
  {
    name: 'Delete Tag',
    shows: ['components/tags/delete-tag-dialog.tsx'],
    go: (tour) => ofTag(tour, 'common.deleteNamed', 'common.delete'),
  },
  {
    name: 'Delete Tags',
    shows: ['components/tags/delete-tags-dialog.tsx'],
    go: async (tour) => {
      await close(tour)
      for (const tag of ['v1', 'v3']) {
        await tour.main.getByRole('checkbox', { name: tour.words('bulk.selectNamed', { name: tag }) }).check()
      }
      await open(tour, tour.main.getByRole('button', { name: tour.words('tagTable.deleteChosen') }))
    },
  },
  {
    name: 'Untagged',
    shows: [page],
    go: (tour) =>
      visit(
        tour,
        repositoryAddress(tour.place.repository, 'untagged'),
        tour.main.getByRole('rowheader').or(tour.main.getByRole('heading', { level: 2 })),
      ),
  },
  {
    name: 'Activity',
    shows: [page],
    go: (tour) => visit(tour, repositoryAddress(tour.place.repository, 'activity'), tour.main.getByRole('rowheader')),
  },
  {
    name: 'Activity, nothing found',
    shows: [page],
    go: (tour) =>
      visit(
        tour,
        `${repositoryAddress(tour.place.repository, 'activity')}?text=nothing`,
        tour.main.getByRole('heading', { level: 2 }),
      ),
  },
  {
    name: 'Immutability',
    shows: [page],
    go: async (tour) => {
      await visit(
        tour,
        repositoryAddress(tour.place.repository, 'immutability'),
        tour.page.getByRole('rowheader', { name: 'withdrawn' }),
      )
      await tour.main.getByRole('status').getByRole('listitem').first().waitFor()
    },
  },
  {
    name: 'Check a Push',
    shows: ['components/immutability/check-push-dialog.tsx'],
    go: (tour) => open(tour, tour.main.getByRole('button', { name: tour.words('immutability.check') })),
  },
  {
    name: 'Open a Tag',
    shows: ['components/immutability/open-tag-dialog.tsx'],
    go: (tour) => open(tour, tour.main.getByRole('button', { name: tour.words('openings.openTagButton') })),
  },
  {
    name: 'Release Name',
    shows: ['components/immutability/release-name-dialog.tsx'],
    go: (tour) =>
      open(tour, tour.main.getByRole('button', { name: tour.words('openings.releaseNamed', { tag: 'withdrawn' }) })),
  },
  {
    name: 'Access',
    shows: [page],
    go: (tour) => visit(tour, repositoryAddress(tour.place.repository, 'access'), tour.page.getByRole('rowheader')),
  },
]

/** Opens the dialog of a command for the tag v1, in its row or, where the room is short, in its menu. */
async function ofTag(tour: Parameters<Stop['go']>[0], inRow: string, inMenu: string) {
  await close(tour)
  const button = tour.main.getByRole('button', { name: tour.words(inRow, { name: 'v1' }), exact: true })
  if (await button.isVisible()) return open(tour, button)
  const menu = tour.main.getByRole('button', { name: tour.words('tagTable.moreActions', { name: 'v1' }), exact: true })
  await menu.click()
  await tour.page.getByRole('menuitem', { name: tour.words(inMenu), exact: true }).click()
  await tour.page.locator('dialog[open]').waitFor()
}
