import type { Locator, Page } from '@playwright/test'
import type { InstanceView } from '@/lib/api/schemas/instances'
import type { RepositoryView } from '@/lib/api/schemas/repositories'
import { expect, pushImage, test, uniqueName } from '../fixtures'
import { failOnce, hold } from '../faults'
import { instanceAddress, instancesAddress, repositoryAddress } from '../pages/addresses'

test.beforeEach(async ({ signIn }) => signIn())

interface Place {
  instance: InstanceView
  repository: RepositoryView
}

const lists = [
  {
    name: 'Instances',
    api: /\/api\/v1\/instances\?/,
    address: () => `${instancesAddress()}?search=example&view=table`,
    row: () => 'example',
  },
  {
    name: 'Namespaces',
    api: /\/api\/v1\/instances\/[^/]+\/namespaces\?search=/,
    address: ({ instance }: Place) => `${instanceAddress(instance, 'namespaces')}?search=test`,
    row: () => 'test',
  },
  {
    name: 'Repositories',
    api: /\/api\/v1\/instances\/[^/]+\/repositories\?search=/,
    address: ({ instance, repository }: Place) =>
      `${instanceAddress(instance, 'repositories')}?search=${repository.name}`,
    row: ({ repository }: Place) => repository.name,
  },
  {
    name: 'Users',
    api: /\/api\/v1\/users\?/,
    address: () => '/users?search=admin',
    row: () => 'admin',
  },
  {
    name: 'Tags',
    api: /\/api\/v1\/repositories\/[^/]+\/tags\?/,
    address: ({ repository }: Place) => repositoryAddress(repository, 'tags'),
    row: () => 'v1',
  },
] as const

for (const list of lists) {
  test(`${list.name} shows where its rows will be while it loads, and Retry when it fails`, async ({
    api,
    page,
    server,
  }) => {
    const place = { instance: await api.defaultInstance(), repository: await api.createRepository() }
    await pushImage(server, `test/${place.repository.name}`, 'v1')
    const shown = page.getByRole('table', { name: list.name, exact: true }).getByRole('row', { name: list.row(place) })
    const loading = page.getByRole('table', { name: `${list.name}, loading` })

    const held = await hold(page, 'GET', list.api)
    await page.goto(list.address(place))
    await expect(loading).toHaveAttribute('aria-busy', 'true')
    await expect(loading.getByRole('row')).toHaveCount(7)
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
    held.release()
    await expect(shown).toBeVisible()
    await expect(loading).toHaveCount(0)

    await failOnce(page, 'GET', list.api, 500)
    await page.reload()
    const alert = page.getByRole('main').getByRole('alert')
    await expect(alert.getByRole('heading', { name: 'The list did not load' })).toBeVisible()
    await expect(alert).toContainText('Something went wrong on the server. Its log says what.')
    await alert.getByRole('button', { name: 'Retry' }).click()
    await expect(shown).toBeVisible()
    await expect(alert).toHaveCount(0)
  })
}

test('a server that is away for a moment is asked again without a word', async ({ api, page }) => {
  const { name } = await api.createRepository()
  await failOnce(page, 'GET', /\/api\/v1\/instances\/[^/]+\/repositories\?search=/, 503)
  await page.goto(`${instanceAddress(await api.defaultInstance(), 'repositories')}?search=${name}`)
  await expect(page.getByRole('table', { name: 'Repositories', exact: true }).getByRole('row', { name })).toBeVisible()
})

test('the Details section keeps its place while it loads', async ({ api, page }) => {
  const repository = await api.createRepository()
  const held = await hold(page, 'GET', /\/repositories\/by-name\?/)
  await page.goto(repositoryAddress(repository, 'details'))
  const details = page.getByRole('region', { name: 'Details' })
  await expect(details.getByRole('status', { name: 'Details, loading' })).toBeVisible()
  const before = await details.boundingBox()
  held.release()
  await expect(details.getByRole('term').first()).toBeVisible()
  const after = await details.boundingBox()
  expect(after?.y).toBe(before?.y)
  expect(Math.abs((after?.height ?? 0) - (before?.height ?? 0))).toBeLessThanOrEqual(8)
})

test('no page scrolls sideways on a phone, however long the names on it', async ({ api, page, server }) => {
  const instance = await api.createInstance({ name: uniqueName('i'.repeat(21)), regionId: 'cn-wuhan-lr' })
  const home = await api.defaultInstance()
  const namespace = await api.createNamespace({ name: uniqueName('n'.repeat(100)) })
  const repository = await api.createRepository({
    namespace: namespace.name,
    name: uniqueName(`${'r'.repeat(26)}/${'s'.repeat(26)}`),
    tagImmutability: true,
    summary: 'S'.repeat(100),
    description: `${'d'.repeat(200)}\n\n| ${'h'.repeat(60)} | b |\n| - | - |\n| 1 | 2 |\n\n\`\`\`\n${'c'.repeat(200)}\n\`\`\``,
  })
  await pushImage(server, `${namespace.name}/${repository.name}`, 't'.repeat(128))
  const user = await api.createUser({ name: uniqueName('u'.repeat(50)), displayName: 'D'.repeat(100) })
  await api.createGrant({ subjectId: user.id, scopeId: repository.id, permission: 'PUSH' })
  const main = page.getByRole('main')
  const row = page.getByRole('rowheader').first()
  const pages: [address: string, shown: Locator][] = [
    [instancesAddress('cn-wuhan-lr'), main.getByRole('link', { name: instance.name })],
    [`${instancesAddress('cn-wuhan-lr')}?view=table`, row],
    [instanceAddress(instance, 'repositories'), main.getByRole('heading', { level: 2 })],
    [`${instanceAddress(home, 'namespaces')}?search=${namespace.name}`, row],
    [`${instanceAddress(home, 'repositories')}?search=${repository.name}`, row],
    [repositoryAddress(repository, 'details'), main.getByText('d'.repeat(200))],
    [repositoryAddress(repository, 'tags'), row],
    [repositoryAddress(repository, 'access'), row],
    [`/users?search=${user.name}`, row],
    [`/users/${user.id}`, row],
    [`${instanceAddress(home, 'access-control')}?search=${user.name}`, row],
    ['/nowhere', page.getByRole('heading', { level: 1 })],
  ]
  for (const [address, shown] of pages) {
    await page.setViewportSize({ width: 390, height: 844 })
    await page.goto(address)
    await expect(shown).toBeVisible()
    await expectNoSidewaysScroll(page, address)
  }

  await page.goto(repositoryAddress(repository, 'details'))
  await page.getByRole('region', { name: 'Details' }).getByRole('button', { name: 'Edit' }).click()
  await expect(page.getByRole('dialog').getByLabel('Summary')).toBeVisible()
  await expectNoSidewaysScroll(page, 'Modify Settings')
  await page.context().clearCookies()
  await page.goto('/login')
  await expectNoSidewaysScroll(page, '/login')
})

/** At the widths of a phone and of the narrowest one. */
async function expectNoSidewaysScroll(page: Page, where: string): Promise<void> {
  for (const width of [390, 360]) {
    await page.setViewportSize({ width, height: 844 })
    const wider = await page.evaluate(() => {
      const { clientWidth, scrollWidth } = document.documentElement
      return scrollWidth - clientWidth
    })
    expect(wider, `${where} at ${width}`).toBe(0)
  }
}
