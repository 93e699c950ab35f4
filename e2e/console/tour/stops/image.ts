import { repositoryAddress } from '../../../pages/addresses'
import { close, open, type Stop, visit } from '../tour'

const page = 'app/(console)/[region]/instance/[instanceId]/repository/[...path]/page.tsx'

/** What there is to be seen of one tag, one digest, and two of them. */
export const imageStops: readonly Stop[] = [
  {
    name: 'a tag',
    shows: [page],
    go: async (tour) => {
      await visit(tour, `${repositoryAddress(tour.place.repository, 'tags')}/v1`, tour.main.locator('.timeline li'))
      await tour.main.getByRole('table', { name: tour.words('image.layers') }).waitFor()
    },
  },
  {
    name: 'Manifest',
    shows: ['components/image/manifest-dialog.tsx', 'components/content/content-dialog.tsx'],
    go: async (tour) => {
      await open(tour, tour.main.getByRole('button', { name: tour.words('image.manifest'), exact: true }))
      await tour.dialog.locator('pre').waitFor()
    },
  },
  {
    name: 'an attached file',
    shows: ['components/attachments/file-dialog.tsx', 'components/content/content-dialog.tsx'],
    go: async (tour) => {
      const view = tour.words('common.viewNamed', { name: 'SBOM' })
      await open(tour, tour.main.getByRole('listitem').getByRole('button', { name: view }).first())
      await tour.dialog.locator('pre').waitFor()
    },
  },
  {
    name: 'Copy Tag',
    shows: ['components/tags/copy-tag-dialog.tsx'],
    go: (tour) => open(tour, tour.main.getByRole('button', { name: tour.words('tagHistory.copy') })),
  },
  {
    name: 'a tag that moved',
    shows: [page],
    go: (tour) =>
      visit(tour, `${repositoryAddress(tour.place.repository, 'tags')}/latest`, tour.main.locator('.timeline .move')),
  },
  {
    name: 'Restore Tag',
    shows: ['components/tags/restore-tag-dialog.tsx'],
    go: (tour) => {
      const name = tour.words('tagHistory.restoreNamed', { digest: '' }).trim()
      return open(tour, tour.main.getByRole('button', { name }).first())
    },
  },
  {
    name: 'a digest',
    shows: [page],
    go: async (tour) => {
      await close(tour)
      await tour.main.locator('.timeline .move a').last().click()
      await tour.page.waitForURL(/\/digests\/sha256:/)
      await tour.main.getByRole('table', { name: tour.words('image.layers') }).waitFor()
    },
  },
  {
    name: 'a tag that was deleted',
    shows: [page],
    go: (tour) =>
      visit(tour, `${repositoryAddress(tour.place.repository, 'tags')}/withdrawn`, tour.main.locator('.timeline li')),
  },
  {
    name: 'a tag that never was',
    shows: [page],
    go: (tour) =>
      visit(
        tour,
        `${repositoryAddress(tour.place.repository, 'tags')}/never`,
        tour.page.getByRole('heading', { level: 1 }),
      ),
  },
  {
    name: 'Compare, nothing chosen',
    shows: [page],
    go: (tour) =>
      visit(tour, repositoryAddress(tour.place.repository, 'compare'), tour.main.getByRole('heading', { level: 2 })),
  },
  {
    name: 'Compare',
    shows: [page],
    go: (tour) =>
      visit(
        tour,
        `${repositoryAddress(tour.place.repository, 'compare')}?before=v1&after=latest`,
        tour.main.locator('.differences'),
      ),
  },
  {
    name: 'Choose What Is Before',
    shows: ['components/compare/choose-side-dialog.tsx', 'components/ui/combobox.tsx'],
    go: async (tour) => {
      await open(tour, tour.main.getByRole('button', { name: /v1$/ }))
      await tour.dialog.getByRole('combobox').click()
      await tour.dialog.getByRole('option').first().waitFor()
    },
  },
]
