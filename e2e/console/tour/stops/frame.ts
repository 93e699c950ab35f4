import { instancesAddress } from '../../../pages/addresses'
import { open, openWhereShown, start, type Stop, visit } from '../tour'

/** The frame around every page, and the pages of all instances. */
export const frameStops: readonly Stop[] = [
  {
    name: 'Instances',
    shows: ['app/(console)/[region]/instances/page.tsx'],
    go: (tour) =>
      visit(
        tour,
        `${instancesAddress('me-central-1')}?pageSize=100`,
        tour.main.getByRole('link', { name: tour.place.empty.name }),
      ),
  },
  {
    name: 'the navigation of a narrow window',
    shows: ['components/frame/pane.tsx'],
    go: (tour) => openWhereShown(tour, tour.page.getByRole('button', { name: tour.words('frame.openNavigation') })),
  },
  {
    name: 'the regions',
    shows: ['components/frame/region-menu.tsx'],
    go: async (tour) => {
      await open(tour, tour.page.getByRole('banner').getByRole('button', { name: tour.words('frame.region') }))
      await tour.dialog.getByRole('link').first().waitFor()
    },
  },
  {
    name: 'the menu of help',
    shows: ['components/frame/help-menu.tsx', 'components/ui/menu.tsx'],
    go: (tour) => openWhereShown(tour, tour.page.getByRole('button', { name: tour.words('help.title'), exact: true })),
  },
  {
    name: 'the menu of the theme',
    shows: ['components/frame/theme-switch.tsx'],
    go: (tour) =>
      open(
        tour,
        tour.page.getByRole('banner').getByRole('button', { name: tour.words('frame.theme', { theme: '' }).trim() }),
      ),
  },
  {
    name: 'the menu of the account',
    shows: ['components/frame/account-menu.tsx'],
    go: (tour) => open(tour, tour.page.getByRole('banner').getByRole('button').last()),
  },
  {
    name: 'the search, before it',
    shows: ['components/search/palette.tsx'],
    go: async (tour) => {
      await open(tour, tour.page.getByRole('banner').getByRole('button', { name: tour.words('search.open') }))
      await tour.dialog.getByRole('option').first().waitFor()
    },
  },
  {
    name: 'the search',
    shows: ['components/search/palette.tsx'],
    go: async ({ dialog, place: { repository } }) => {
      await dialog.getByRole('combobox').fill(start(repository.name))
      await dialog.getByRole('option', { name: repository.name }).first().waitFor()
    },
  },
  {
    name: 'the menu of an instance',
    shows: ['components/instances/instance-cards.tsx'],
    go: (tour) => open(tour, moreOf(tour, tour.place.small.name)),
  },
  {
    name: 'Rename Instance',
    shows: ['components/instances/rename-instance-dialog.tsx'],
    go: (tour) => open(tour, moreOf(tour, tour.place.small.name), item(tour, 'instances.rename')),
  },
  {
    name: 'Delete Instance, which is not empty',
    shows: ['components/instances/delete-instance-dialog.tsx', 'components/ui/notice-dialog.tsx'],
    go: (tour) => open(tour, moreOf(tour, tour.place.small.name), item(tour, 'common.delete')),
  },
  {
    name: 'Delete Instance',
    shows: ['components/instances/delete-instance-dialog.tsx', 'components/ui/confirm-dialog.tsx'],
    go: (tour) => open(tour, moreOf(tour, tour.place.empty.name), item(tour, 'common.delete')),
  },
  {
    name: 'Create Instance',
    shows: ['components/instances/create-instance-dialog.tsx', 'components/ui/dialog.tsx'],
    go: (tour) => open(tour, tour.main.getByRole('button', { name: tour.words('instances.create') })),
  },
  {
    name: 'Create Instance, as a call of the API',
    shows: ['components/instances/create-instance-dialog.tsx'],
    go: async ({ dialog, words, place }) => {
      await dialog.getByLabel(words('instances.name')).fill(place.small.name)
      await dialog.getByRole('button', { name: words('apiCall.show') }).click()
      await dialog.getByRole('button', { name: words('apiCall.hide') }).waitFor()
      await dialog.locator('.api-call pre').first().waitFor()
    },
  },
  {
    name: 'a dialog that asks before it discards what was typed',
    shows: ['components/ui/dialog.tsx'],
    go: async ({ page, dialog, words }) => {
      await page.keyboard.press('Escape')
      await dialog.getByRole('button', { name: words('common.discard') }).waitFor()
    },
  },
  {
    name: 'Instances, as a table',
    shows: ['app/(console)/[region]/instances/page.tsx'],
    go: (tour) => visit(tour, `${instancesAddress('me-central-1')}?view=table`, tour.page.getByRole('rowheader')),
  },
  {
    name: 'a region without instances',
    shows: ['app/(console)/[region]/instances/page.tsx'],
    go: (tour) =>
      visit(tour, `${instancesAddress()}?search=no-such-instance`, tour.main.getByRole('heading', { level: 2 })),
  },
  {
    name: 'a page that does not exist',
    shows: ['app/(console)/[...unknown]/page.tsx'],
    go: (tour) => visit(tour, '/nowhere/at/all', tour.page.getByRole('heading', { level: 1 })),
  },
]

function moreOf({ main, words }: Parameters<Stop['go']>[0], name: string) {
  return main.getByRole('button', { name: words('instances.moreActions', { name }) })
}

function item({ page, words }: Parameters<Stop['go']>[0], key: string) {
  return page.getByRole('menuitem', { name: words(key) })
}
