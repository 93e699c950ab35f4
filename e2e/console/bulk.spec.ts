import type { Page } from '@playwright/test'
import type { InstanceView } from '@/lib/api/schemas/instances'
import { expect, pushImage, test as base, uniqueName } from '../fixtures'
import { instanceAddress } from '../pages/addresses'

const test = base.extend<{
  /** The namespace of the test in the default instance, with 22 repositories: two pages of the list. */
  namespace: string
  home: InstanceView
}>({
  home: async ({ api }, use) => use(await api.defaultInstance()),
  namespace: async ({ api, home }, use) => {
    const { name } = await api.createNamespace({ name: uniqueName('bulk') }, home.id)
    for (let at = 10; at < 32; at += 1) await api.createRepository({ namespace: name, name: `r${at}` }, home.id)
    await use(name)
  },
})

test.beforeEach(async ({ signIn }) => signIn())

const box = (page: Page, name: string) => page.getByRole('checkbox', { name: `Select ${name}`, exact: true })
const bar = (page: Page) => page.getByRole('group', { name: 'Selection' })

test('all repositories that match are made immutable with the keyboard, and a push is then refused', async ({
  home,
  namespace,
  page,
  server,
}) => {
  const last = `${namespace}/r31`
  await pushImage(server, last, 'v1', 'one')
  await pushImage(server, last, 'v1', 'two')
  await pushImage(server, last, 'latest', 'one')
  await page.goto(`${instanceAddress(home, 'repositories')}?namespace=${namespace}`)
  const all = page.getByRole('checkbox', { name: 'Select all on this page' })
  await expect(all).toBeEnabled()
  await all.press('Space')
  await expect(bar(page)).toContainText('20 selected')
  await bar(page).getByRole('button', { name: 'Select all 22 that match' }).press('Enter')
  await expect(bar(page)).toContainText('All 22 selected')
  await bar(page).getByRole('button', { name: 'Make Immutable' }).press('Enter')

  const dialog = page.getByRole('dialog', { name: 'Make Immutable' })
  await expect(dialog).toContainText(`22 repositories of ${namespace}`)
  await expect(dialog.getByRole('radio', { name: 'Enforce' })).toBeFocused()
  await expect(dialog.getByRole('status')).toContainText('1 tag becomes protected in 22 repositories')
  await expect(dialog.getByRole('status')).toContainText(`${last}:v1`)
  await expect(dialog.getByRole('status')).toContainText('1 tag stays free')
  await expect(dialog.getByRole('button', { name: 'Confirm for 22' })).toBeEnabled()
  await page.keyboard.press('Enter')
  await expect(dialog).toBeHidden()
  await expect(page.getByRole('group', { name: 'Change of many repositories' })).toBeFocused()

  await expect(page.getByText('22 repositories are now immutable.')).toBeVisible()
  await expect(page.getByRole('row', { name: /r10/ })).toContainText('Immutable')
  await expect(bar(page)).toBeHidden()
  await expect(pushImage(server, last, 'v1', 'three')).rejects.toThrow('cannot be overwritten')
  await page.getByRole('button', { name: 'Dismiss' }).click()
  await expect(page.getByText('22 repositories are now immutable.')).toBeHidden()
})

test('there is nothing to select while the rows load', async ({ home, namespace, page }) => {
  let answer = () => {}
  const answered = new Promise<void>((resolve) => (answer = resolve))
  await page.route(/\/api\/v1\/.*\/repositories\?/, async (route) => {
    await answered
    await route.continue()
  })
  await page.goto(`${instanceAddress(home, 'repositories')}?namespace=${namespace}`)
  const all = page.getByRole('checkbox', { name: 'Select all on this page' })
  await expect(all).toBeDisabled()
  answer()
  await all.check()
  await expect(bar(page)).toContainText('20 selected')
})

test('a selection survives paging, and not another filter', async ({ home, namespace, page }) => {
  await page.goto(`${instanceAddress(home, 'repositories')}?namespace=${namespace}`)
  await box(page, `${namespace}/r10`).check()
  await page.getByRole('link', { name: 'Next' }).click()
  await box(page, `${namespace}/r31`).check()
  await expect(bar(page)).toContainText('2 selected')
  await page.goBack()
  await expect(box(page, `${namespace}/r10`)).toBeChecked()
  await expect(box(page, `${namespace}/r11`)).not.toBeChecked()
  await bar(page).getByRole('button', { name: 'Make Mutable' }).click()
  const dialog = page.getByRole('dialog', { name: 'Make Mutable' })
  await expect(dialog.getByRole('status')).toContainText('2 are mutable already')
  await expect(dialog.getByRole('button', { name: 'Confirm for 0' })).toBeDisabled()
  await page.keyboard.press('Escape')
  await page.getByRole('combobox', { name: 'Repository Type' }).selectOption('private')
  await expect(bar(page)).toBeHidden()
  await expect(box(page, `${namespace}/r10`)).not.toBeChecked()
})
