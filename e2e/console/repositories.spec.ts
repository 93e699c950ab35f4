import type { Locator, Page } from '@playwright/test'
import type { InstanceView } from '@/lib/api/schemas/instances'
import { test as base, expect, pushImage, uniqueName } from '../fixtures'
import { hold } from '../faults'
import { instanceAddress, repositoryAddress } from '../pages/addresses'
import { chooseFrom } from '../pages/combobox'

const test = base.extend<{
  /** An instance of the test's own, with namespace `team`. */
  instance: InstanceView
}>({
  instance: async ({ api }, use) => {
    const instance = await api.createInstance()
    await api.createNamespace({ name: 'team' }, instance.id)
    await use(instance)
  },
})

test.beforeEach(async ({ signIn }) => signIn())

test('a repository is created with the settings of the dialog, and the toast leads to it', async ({
  api,
  instance,
  page,
}) => {
  await api.createNamespace(
    { name: 'open', defaultRepositoryType: 'PUBLIC', defaultTagImmutability: true },
    instance.id,
  )
  await page.goto(instanceAddress(instance, 'repositories'))
  await page.getByRole('button', { name: 'Create Repository' }).first().click()
  const dialog = page.getByRole('dialog', { name: 'Create Repository' })
  const namespace = dialog.getByRole('combobox', { name: 'Namespace' })
  await expect(namespace).toBeFocused()
  // Of the namespace, a repository begins with the defaults.
  await chooseFrom(dialog, 'Namespace', 'team')
  await expect(dialog.getByRole('radio', { name: 'Private' })).toBeChecked()
  await expect(dialog.getByRole('checkbox', { name: 'Immutable' })).not.toBeChecked()
  await chooseFrom(dialog, 'Namespace', 'open')
  await expect(dialog.getByRole('radio', { name: 'Public' })).toBeChecked()
  await expect(dialog.getByRole('checkbox', { name: 'Immutable' })).toBeChecked()
  await dialog.getByLabel('Repository Name').fill('backend/api')
  await dialog.getByLabel('Summary').fill('The API')
  await page.keyboard.press('Enter')
  await expect(dialog).toBeHidden()
  await expect(row(page, 'backend/api')).toContainText('Immutable')

  await page.getByRole('status').getByRole('link', { name: 'See how to push to it' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'open/backend/api' })).toBeVisible()
  await expect(page.getByRole('region', { name: 'Details' })).toContainText('The API')
})

test('what is wrong with a new repository is said beside the field', async ({ api, instance, page }) => {
  await api.createRepository({ namespace: 'team', name: 'taken' }, instance.id)
  await page.goto(instanceAddress(instance, 'repositories'))
  await page.getByRole('button', { name: 'Create Repository' }).click()
  const dialog = page.getByRole('dialog', { name: 'Create Repository' })
  const name = dialog.getByLabel('Repository Name')
  const confirm = dialog.getByRole('button', { name: 'Confirm' })
  for (const bad of ['', 'Upper', '-first', 'last/', 'two//slashes', 'spaced name']) {
    await name.fill(bad)
    await confirm.click()
    await expect(name).toHaveAttribute('aria-invalid', 'true')
    await expect(name).toHaveAccessibleDescription(/^Lower-case letters/)
    await expect(name).toBeFocused()
  }
  await name.fill('taken')
  await confirm.click()
  await expect(name).toHaveAccessibleDescription('The namespace has a repository of that name already.')
  await name.fill('taken-not')
  await expect(name).not.toHaveAttribute('aria-invalid')
  await confirm.click()
  await expect(dialog).toBeHidden()
  await expect(row(page, 'taken-not')).toBeVisible()
})

test('search, filters, sort and page are in the address, and survive reload and Back', async ({
  api,
  instance,
  page,
}) => {
  await api.createNamespace({ name: 'other' }, instance.id)
  await Promise.all([
    ...Array.from({ length: 22 }, (_, index) =>
      api.createRepository({ namespace: 'team', name: `app-${String(index).padStart(2, '0')}` }, instance.id),
    ),
    api.createRepository({ namespace: 'team', name: 'site', type: 'PUBLIC', tagImmutability: true }, instance.id),
    api.createRepository({ namespace: 'other', name: 'site', type: 'PUBLIC' }, instance.id),
  ])
  const address = instanceAddress(instance, 'repositories')
  await page.goto(address)
  await expect(names(page)).toHaveCount(20)
  await expect(page.getByText('24 repositories')).toBeVisible()

  await test.step('page', async () => {
    await page.getByRole('link', { name: 'Next page' }).click()
    await expect(names(page)).toHaveText(['app-20', 'app-21', 'site', 'site'])
    await expect(page).toHaveURL(/[?&]cursor=/)
    await page.reload()
    await expect(names(page)).toHaveText(['app-20', 'app-21', 'site', 'site'])
    await expect(page.getByText('2 / 2')).toBeVisible()
    await page.goBack()
    await expect(names(page)).toHaveCount(20)
    await page.getByRole('link', { name: 'Page 2' }).click()
    await expect(names(page)).toHaveText(['app-20', 'app-21', 'site', 'site'])
    await page.goBack()
    await expect(names(page)).toHaveCount(20)
    await page.getByRole('combobox', { name: 'Rows per page' }).selectOption('50')
    await expect(names(page)).toHaveCount(24)
    await expect(page).toHaveURL(`${address}?pageSize=50`)
  })

  await test.step('sort', async () => {
    const header = page.getByRole('columnheader', { name: 'Repository Name' })
    await expect(header).toHaveAttribute('aria-sort', 'ascending')
    await header.getByRole('button').click()
    await expect(names(page).first()).toHaveText('site')
    await expect(header).toHaveAttribute('aria-sort', 'descending')
    await expect(page).toHaveURL(`${address}?pageSize=50&sort=-name`)
    await page.reload()
    await expect(names(page).first()).toHaveText('site')
    for (const [name, keys] of [
      ['Tags', ['-tags', 'tags']],
      ['Size', ['-size', 'size']],
      ['Last Push', ['-lastPushedAt', 'lastPushedAt']],
    ] as const) {
      for (const key of keys) {
        await page.getByRole('columnheader', { name }).getByRole('button').click()
        await expect(page).toHaveURL(`${address}?pageSize=50&sort=${key}`)
        await expect(names(page)).toHaveCount(24)
      }
    }
    await page.getByRole('button', { name: 'Columns' }).click()
    await page.getByRole('dialog', { name: 'Columns' }).getByLabel('Size').uncheck()
    await page.keyboard.press('Escape')
    await expect(page.getByRole('columnheader', { name: 'Size' })).toHaveCount(0)
    const sort = page.getByRole('main').getByRole('combobox', { name: 'Sort' })
    await expect(sort).toBeHidden()
    await page.setViewportSize({ width: 390, height: 844 })
    await expect(sort).toHaveValue('lastPushedAt')
    await sort.selectOption('Repository Name, descending')
    await expect(page).toHaveURL(`${address}?pageSize=50&sort=-name`)
    await expect(names(page).first()).toHaveText('site')
    await page.setViewportSize({ width: 1280, height: 720 })
  })

  await test.step('filters', async () => {
    await page.getByRole('combobox', { name: 'Repository Type' }).selectOption('Public')
    await expect(names(page)).toHaveText(['site', 'site'])
    await page.getByRole('combobox', { name: 'Tag Immutability' }).selectOption('Immutable')
    await expect(names(page)).toHaveText(['site'])
    await expect(row(page, 'site')).toContainText('team')
    await page.getByRole('combobox', { name: 'Tag Immutability' }).selectOption('All immutability')
    await chooseFrom(page.getByRole('search'), 'Namespace', 'other')
    await expect(page).toHaveURL(`${address}?pageSize=50&sort=-name&type=public&namespace=other`)
    await expect(names(page)).toHaveText(['site'])
    await expect(row(page, 'site')).toContainText('other')
    await page.reload()
    await expect(names(page)).toHaveText(['site'])
    await expect(row(page, 'site')).toContainText('other')
    await expect(page.getByRole('combobox', { name: 'Namespace' })).toHaveValue('other')
  })

  await test.step('search, and the way back from an empty list', async () => {
    const search = page.getByRole('searchbox', { name: 'Search repositories' })
    await search.fill('app-1')
    await expect(page.getByText('No repository matches these filters.')).toBeVisible()
    await expect(page).toHaveURL(/[?&]search=app-1(&|$)/)
    await page.getByRole('button', { name: 'Clear Filters' }).click()
    await expect(search).toHaveValue('')
    await expect(names(page)).toHaveCount(24)
    await search.fill('app-1')
    await expect(names(page)).toHaveCount(10)
    await names(page).first().getByRole('link').click()
    await expect(page.getByRole('heading', { level: 1, name: 'team/app-19' })).toBeVisible()
    await page.goBack()
    await expect(search).toHaveValue('app-1')
    await expect(names(page)).toHaveCount(10)
  })
})

test('who opens a repository while the search still waits for more letters gets there', async ({
  api,
  instance,
  page,
}) => {
  const { name } = await api.createRepository({ namespace: 'team', name: 'app' }, instance.id)
  await page.clock.install()
  await page.goto(instanceAddress(instance, 'repositories'))
  const manage = page.getByRole('link', { name: `Manage team/${name}` })
  await expect(manage).toBeVisible()
  const held = await hold(page, 'GET', /\/repository\/team\/app\/details/)
  await page.getByRole('searchbox', { name: 'Search repositories' }).fill(name)
  await manage.click()
  await page.clock.runFor(1000)
  held.release()
  await expect(page.getByRole('heading', { level: 1, name: 'team/app' })).toBeVisible()
})

test('a repository is deleted once its name is typed', async ({ api, instance, page }) => {
  const repository = await api.createRepository({ namespace: 'team', name: 'doomed' }, instance.id)
  await api.createRepository({ namespace: 'team', name: 'kept' }, instance.id)
  await page.goto(instanceAddress(instance, 'repositories'))
  const remove = page.getByRole('button', { name: 'Delete team/doomed' })
  await remove.click()
  const dialog = page.getByRole('dialog', { name: 'Delete Repository' })
  const confirm = dialog.getByRole('button', { name: 'Delete Repository' })
  const typed = dialog.getByLabel('Type doomed to confirm')
  await expect(dialog).toContainText('It has no tags.')
  await expect(typed).toBeFocused()
  await expect(confirm).toBeDisabled()
  await typed.fill('team/doomed')
  await expect(confirm).toBeDisabled()
  await page.keyboard.press('Enter')
  await expect(dialog).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(dialog).toBeHidden()
  await expect(remove).toBeFocused()

  await remove.click()
  await typed.fill('doomed')
  await confirm.click()
  await expect(page.getByRole('status').filter({ hasText: 'Repository team/doomed was deleted' })).toBeVisible()
  await expect(names(page)).toHaveText(['kept'])
  expect((await api.request('GET', `/repositories/${repository.id}`)).status).toBe(404)
})

test('a repository with protected tags explains itself and is deleted only by its whole path', async ({
  api,
  page,
  server,
}) => {
  const repository = await api.createRepository({ name: uniqueName('frozen'), tagImmutability: true })
  const path = `${repository.namespace}/${repository.name}`
  await pushImage(server, path, 'v1')
  await pushImage(server, path, 'latest')
  await page.goto(repositoryAddress(repository, 'details'))
  await page.getByRole('button', { name: 'More actions' }).click()
  await page.getByRole('menuitem', { name: 'Delete Repository' }).click()
  const dialog = page.getByRole('dialog', { name: 'Delete Repository' })
  await expect(dialog).toContainText('Its 2 tags are deleted with it.')
  await dialog.getByLabel(`Type ${repository.name} to confirm`).fill(repository.name)
  await dialog.getByRole('button', { name: 'Delete Repository' }).click()

  await expect(dialog.getByRole('alert')).toContainText('The repository has immutable tags.')
  await expect(dialog.getByRole('alert').getByText('v1', { exact: true })).toBeVisible()
  await expect(dialog.getByRole('alert').getByText('latest', { exact: true })).toBeHidden()
  const whole = dialog.getByLabel(`Type ${path} to confirm`)
  await expect(whole).toBeFocused()
  await expect(whole).toHaveValue('')
  const anyway = dialog.getByRole('button', { name: 'Delete Anyway' })
  await whole.fill(repository.name)
  await expect(anyway).toBeDisabled()
  expect((await api.request('GET', `/repositories/${repository.id}`)).status).toBe(200)
  await whole.fill(path)
  await expect(anyway).toBeDisabled()
  await dialog.getByLabel('Reason').fill('The service has ended')
  await anyway.click()
  await expect(page.getByRole('status').filter({ hasText: `Repository ${path} was deleted` })).toBeVisible()
  await expect(page.getByRole('heading', { level: 1, name: 'Repositories' })).toBeVisible()
  expect((await api.request('GET', `/repositories/${repository.id}`)).status).toBe(404)

  // Created again, it still keeps the promise.
  await api.createRepository({ name: repository.name, tagImmutability: true })
  await expect(pushImage(server, path, 'v1', 'something else')).rejects.toThrow('409')
  await pushImage(server, path, 'v1')
})

test('empty lists say what to do: a namespace first, then a repository', async ({ api, page }) => {
  const instance = await api.createInstance()
  await page.goto(instanceAddress(instance, 'repositories'))
  const main = page.getByRole('main')
  await expect(main.getByRole('heading', { name: 'No namespaces yet' })).toBeVisible()
  await main.getByRole('link', { name: 'Namespaces' }).click()
  await expect(main.getByRole('heading', { name: 'No namespaces yet' })).toBeVisible()
  await api.createNamespace({ name: 'team' }, instance.id)
  await page.goto(instanceAddress(instance, 'repositories'))
  await expect(main.getByRole('heading', { name: 'No repositories yet' })).toBeVisible()
  await main.getByRole('button', { name: 'Create Repository' }).last().click()
  await expect(page.getByRole('dialog', { name: 'Create Repository' })).toBeVisible()
})

test('the address of a repository that is not there says so', async ({ instance, page }) => {
  await page.goto(`${instanceAddress(instance, 'repositories').replace(/ies$/, 'y')}/team/nothing/details`)
  await expect(page.getByRole('heading', { name: 'There is no repository team/nothing' })).toBeVisible()
})

function row(page: Page, name: string): Locator {
  return page.getByRole('table', { name: 'Repositories' }).getByRole('row', { name })
}

/** The names of the repositories listed. */
function names(page: Page): Locator {
  return page.getByRole('table', { name: 'Repositories', exact: true }).getByRole('rowheader')
}
