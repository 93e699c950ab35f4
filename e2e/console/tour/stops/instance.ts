import { instanceAddress, overviewAddress, repositoryAddress } from '../../../pages/addresses'
import { open, start, type Stop, visit } from '../tour'

const instance = 'app/(console)/[region]/instance/[instanceId]'

/** The pages of an instance. */
export const instanceStops: readonly Stop[] = [
  {
    name: 'Overview of an empty instance',
    shows: [`${instance}/page.tsx`],
    go: async (tour) => {
      await visit(tour, overviewAddress(tour.place.empty), tour.main.getByRole('switch'))
      await tour.main.getByRole('heading', { name: tour.words('firstPush.title') }).waitFor()
    },
  },
  {
    name: 'Overview',
    shows: [`${instance}/page.tsx`],
    go: async (tour) => {
      await visit(tour, overviewAddress(tour.place.home), tour.main.getByRole('switch'))
      await tour.main.getByRole('heading', { name: tour.words('figures.top') }).waitFor()
    },
  },
  {
    name: 'Edit Default Immutability',
    shows: ['components/instances/default-policy-dialog.tsx', 'components/ui/edit-dialog.tsx'],
    go: (tour) => open(tour, tour.main.getByRole('button', { name: tour.words('common.edit'), exact: true })),
  },
  {
    name: 'Namespaces, none',
    shows: [`${instance}/namespaces/page.tsx`],
    go: (tour) =>
      visit(tour, instanceAddress(tour.place.empty, 'namespaces'), tour.main.getByRole('heading', { level: 2 })),
  },
  {
    name: 'Namespaces',
    shows: [`${instance}/namespaces/page.tsx`],
    go: (tour) => visit(tour, instanceAddress(tour.place.small, 'namespaces'), tour.page.getByRole('rowheader')),
  },
  {
    name: 'Create Namespace',
    shows: ['components/namespaces/create-namespace-dialog.tsx'],
    go: (tour) => open(tour, tour.main.getByRole('button', { name: tour.words('namespaces.create') })),
  },
  {
    name: 'Edit Namespace',
    shows: ['components/namespaces/edit-namespace-dialog.tsx'],
    go: (tour) => open(tour, named(tour, 'common.editNamed', tour.place.namespace.name)),
  },
  {
    name: 'Delete Namespace',
    shows: ['components/namespaces/delete-namespace-dialog.tsx'],
    go: (tour) => open(tour, named(tour, 'common.deleteNamed', tour.place.namespace.name)),
  },
  {
    name: 'Delete Namespace, which is not empty',
    shows: ['components/namespaces/delete-namespace-dialog.tsx'],
    go: async (tour) => {
      const { namespace } = tour.place.repository
      const address = `${instanceAddress(tour.place.home, 'namespaces')}?search=${namespace}`
      const button = named(tour, 'common.deleteNamed', namespace)
      await visit(tour, address, button)
      await open(tour, button)
    },
  },
  {
    name: 'Repositories, none',
    shows: [`${instance}/repositories/page.tsx`],
    go: (tour) =>
      visit(tour, instanceAddress(tour.place.empty, 'repositories'), tour.main.getByRole('heading', { level: 2 })),
  },
  {
    name: 'Repositories',
    shows: [`${instance}/repositories/page.tsx`],
    go: (tour) =>
      visit(
        tour,
        `${instanceAddress(tour.place.home, 'repositories')}?search=${start(tour.place.repository.name)}`,
        tour.page.getByRole('rowheader'),
      ),
  },
  {
    name: 'the columns of a table',
    shows: ['components/ui/column-choice.tsx'],
    go: (tour) => open(tour, tour.main.getByRole('button', { name: tour.words('table.columns') })),
  },
  {
    name: 'a list to choose from',
    shows: ['components/ui/combobox.tsx'],
    go: async (tour) => {
      await open(tour, tour.main.getByRole('combobox', { name: tour.words('repositories.namespace') }))
      await tour.main.getByRole('option').first().waitFor()
    },
  },
  {
    name: 'Create Repository',
    shows: ['components/repositories/create-repository-dialog.tsx'],
    go: (tour) => open(tour, tour.main.getByRole('button', { name: tour.words('repositories.create') })),
  },
  {
    name: 'a selection of repositories',
    shows: [`${instance}/repositories/page.tsx`],
    go: async (tour) => {
      await visit(
        tour,
        `${instanceAddress(tour.place.home, 'repositories')}?search=${start(tour.place.repository.name)}`,
        tour.page.getByRole('rowheader'),
      )
      await tour.main.getByRole('row').last().getByRole('checkbox').check()
      await tour.main.getByRole('button', { name: tour.words('bulk.makeMutable') }).waitFor()
    },
  },
  {
    name: 'Make Mutable',
    shows: ['components/bulk/change-immutability-dialog.tsx'],
    go: async (tour) => {
      await open(tour, tour.main.getByRole('button', { name: tour.words('bulk.makeMutable') }))
      await tour.dialog.locator('.preview strong').first().waitFor()
    },
  },
  {
    name: 'Delete Repository',
    shows: ['components/repositories/delete-repository-dialog.tsx'],
    go: (tour) => {
      const { namespace, name } = tour.place.repository
      return open(tour, named(tour, 'common.deleteNamed', `${namespace}/${name}`))
    },
  },
  {
    name: 'Blocked Pushes, none',
    shows: [`${instance}/blocked-pushes/page.tsx`],
    go: (tour) =>
      visit(tour, instanceAddress(tour.place.empty, 'blocked-pushes'), tour.main.getByRole('heading', { level: 2 })),
  },
  {
    name: 'Blocked Pushes',
    shows: [`${instance}/blocked-pushes/page.tsx`],
    go: (tour) =>
      visit(
        tour,
        `${instanceAddress(tour.place.home, 'blocked-pushes')}?text=${start(tour.place.repository.name)}`,
        tour.page.getByRole('table').getByText('v1'),
      ),
  },
  {
    name: 'a refused push',
    shows: ['components/ledger/tag-event-dialog.tsx'],
    go: async (tour) => {
      await open(tour, tour.main.getByRole('table').getByRole('button').first())
      await tour.dialog.getByRole('alert').waitFor()
    },
  },
  {
    name: 'a page that an instance does not have',
    shows: [`${instance}/[...unknown]/page.tsx`],
    go: (tour) =>
      visit(tour, `${overviewAddress(tour.place.home)}/nowhere`, tour.page.getByRole('heading', { level: 1 })),
  },
  {
    name: 'a repository that does not exist',
    shows: [`${instance}/repository/[...path]/page.tsx`],
    go: (tour) =>
      visit(
        tour,
        repositoryAddress({ ...tour.place.repository, name: 'no-such-repository' }, 'tags'),
        tour.page.getByRole('heading', { level: 1 }),
      ),
  },
]

function named({ main, words }: Parameters<Stop['go']>[0], key: string, name: string) {
  return main.getByRole('button', { name: words(key, { name }), exact: true })
}
