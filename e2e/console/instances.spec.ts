import type { Locator, Page } from '@playwright/test'
import { expect, test, uniqueName } from '../fixtures'
import { instanceAddress, instancesAddress, overviewAddress } from '../pages/addresses'

/* Each test has a region of its own: the lists and counts of a region are seen by all. */

test.beforeEach(async ({ signIn }) => signIn())

test('an instance is created in the region one is in, and holds nothing yet', async ({ page }) => {
  await page.goto(instancesAddress('eu-west-1'))
  const main = page.getByRole('main')
  await expect(main.getByRole('heading', { name: 'No instances in UK (London) yet' })).toBeVisible()
  await main.getByRole('button', { name: 'Create Instance' }).last().click()
  const dialog = page.getByRole('dialog', { name: 'Create Instance' })
  const name = dialog.getByLabel('Instance Name')
  await expect(name).toBeFocused()
  await name.fill('No')
  await page.keyboard.press('Enter')
  await expect(name).toHaveAccessibleDescription(/^3 to 30 lower-case letters/)
  await name.fill('first')
  await dialog.getByRole('combobox', { name: 'Specification' }).selectOption('Advanced')
  await dialog.getByRole('button', { name: 'Confirm' }).click()
  await expect(page.getByRole('status').filter({ hasText: 'Instance first is running' })).toBeVisible()

  await main.getByRole('button', { name: 'Create Instance' }).click()
  await name.fill('first')
  await page.keyboard.press('Enter')
  await expect(name).toHaveAccessibleDescription('This region has an instance of that name already.')
  await page.keyboard.press('Escape')
  await dialog.getByRole('button', { name: 'Discard' }).click()

  await expect(card(page, 'first')).toContainText('Advanced')
  await expect(card(page, 'first')).toContainText('/i/first.eu-west-1')
  await main.getByRole('link', { name: 'first', exact: true }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'first' })).toBeVisible()
})

test('Rename changes the name and the host names; a rename meanwhile is told', async ({ api, page }) => {
  const instance = await api.createInstance({ name: 'before', regionId: 'us-east-1' })
  await api.createInstance({ name: 'taken', regionId: 'us-east-1' })
  await page.goto(`${instancesAddress('us-east-1')}?view=table`)
  const dialog = page.getByRole('dialog', { name: 'Rename' })
  const name = dialog.getByLabel('Instance Name')
  const confirm = dialog.getByRole('button', { name: 'Confirm' })

  await page.getByRole('button', { name: 'Rename before' }).click()
  await expect(name).toBeFocused()
  await expect(name).toHaveValue('before')
  await expect(confirm).toBeDisabled()
  await name.fill('taken')
  await confirm.click()
  await expect(name).toHaveAccessibleDescription('This region has an instance of that name already.')
  await name.fill('after')
  await confirm.click()
  await expect(page.getByRole('status').filter({ hasText: 'Instance before is after now' })).toContainText(
    '/i/after.us-east-1',
  )
  await expect(page.getByRole('row', { name: 'after' })).toBeVisible()
  expect(await (await api.request('GET', `/instances/${instance.id}`)).json()).toMatchObject({ name: 'after' })

  await page.getByRole('button', { name: 'Rename after' }).click()
  await name.fill('mine')
  expect((await api.request('PATCH', `/instances/${instance.id}`, { name: 'theirs' })).status).toBe(200)
  await confirm.click()
  await expect(dialog.getByRole('alert')).toContainText('it is theirs now')
  await expect(name).toHaveValue('mine')
  await confirm.click()
  await expect(dialog).toBeHidden()
  await expect(page.getByRole('row', { name: 'mine' })).toBeVisible()
})

test('an instance that holds namespaces says so; an empty one is deleted by its name', async ({ api, page }) => {
  const instance = await api.createInstance({ name: 'shop', regionId: 'us-west-1' })
  const namespace = await api.createNamespace({}, instance.id)
  await page.goto(instancesAddress('us-west-1'))
  const dialog = page.getByRole('dialog', { name: 'Delete Instance' })
  await chooseDelete(page, 'shop')
  await expect(dialog).toContainText('The instance still holds 1 namespace. Delete what it holds first.')
  await expect(dialog.getByRole('textbox')).toHaveCount(0)
  await expect(dialog.getByRole('link', { name: 'Namespaces' })).toHaveAttribute(
    'href',
    instanceAddress(instance, 'namespaces'),
  )
  await page.keyboard.press('Escape')
  expect((await api.request('DELETE', `/namespaces/${namespace.id}`)).status).toBe(204)

  await chooseDelete(page, 'shop')
  await expect(dialog).toContainText(/address 127\.0\.0\.1:\d+\/i\/shop\.us-west-1 stops answering at once/)
  const confirm = dialog.getByRole('button', { name: 'Delete Instance' })
  await expect(confirm).toBeDisabled()
  await dialog.getByLabel('Type shop to confirm').fill('shop')
  await confirm.click()
  await expect(page.getByRole('status').filter({ hasText: 'Instance shop was deleted' })).toBeVisible()
  await expect(page.getByRole('heading', { name: 'No instances in US (Silicon Valley) yet' })).toBeVisible()
})

test('addresses that people write: an instance by its name, a repository without its tab', async ({ api, page }) => {
  const instance = await api.createInstance({ name: uniqueName('named'), regionId: 'us-east-1' })
  expect((await api.request('POST', `/instances/${instance.id}/namespaces`, { name: 'team' })).status).toBe(201)
  await api.createRepository({ namespace: 'team', name: 'web/shop' }, instance.id)
  const [byName, byId] = [instance.name, instance.id].map((one) => `/${instance.regionId}/instance/${one}`)
  for (const rest of ['', '/repositories?search=shop']) {
    await page.goto(`${byName}${rest}`)
    await expect(page).toHaveURL(`${byId}${rest}`)
  }
  await expect(page.getByRole('link', { name: 'web/shop' }).first()).toBeVisible()

  await page.goto(`${byName}/repository/team/web/shop`)
  await expect(page).toHaveURL(`${byId}/repository/team/web/shop/details`)
  await page.goto(`${byId}/repository/team/web/shop?x=1`)
  await expect(page).toHaveURL(`${byId}/repository/team/web/shop/details`)
  await expect(page.getByRole('heading', { level: 1 })).toContainText('shop')

  await page.goto(`/${instance.regionId}/instance/${uniqueName('nowhere')}`)
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('There is no such instance')
})

test('the default instance offers no Delete, as card and as row', async ({ page }) => {
  await page.goto(`${instancesAddress()}?search=example`)
  await page.getByRole('button', { name: 'More actions for example' }).click()
  await expect(page.getByRole('menuitem')).toHaveText(['Rename'])
  await page.keyboard.press('Escape')
  await page.getByRole('radio', { name: 'Table' }).click()
  await expect(page).toHaveURL(`${instancesAddress()}?search=example&view=table`)
  const row = page.getByRole('table', { name: 'Instances' }).getByRole('row', { name: 'example' })
  await expect(row.getByRole('button', { name: 'Rename example' })).toBeVisible()
  await expect(row.getByRole('button', { name: /Delete/ })).toHaveCount(0)
})

test('Pull from Anonymous Users is refused on an instance that changed meanwhile, and then read again', async ({
  api,
  page,
}) => {
  const instance = await api.createInstance({ regionId: 'ap-southeast-7' })
  await page.goto(overviewAddress(instance))
  const anonymousPull = page.getByRole('switch', { name: 'Pull from Anonymous Users' })
  await expect(anonymousPull).not.toBeChecked()
  const name = uniqueName('renamed')
  expect((await api.request('PATCH', `/instances/${instance.id}`, { name })).status).toBe(200)
  await anonymousPull.click()
  await expect(page.getByRole('status').filter({ hasText: 'Somebody else changed it meanwhile.' })).toBeVisible()
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible()
  await expect(anonymousPull).not.toBeChecked()
  // It lies in the corner where the switch is.
  await page.getByRole('status').getByRole('button', { name: 'Dismiss' }).click()
  await anonymousPull.click()
  await expect(page.getByRole('status').filter({ hasText: `Public repositories of ${name} can now` })).toBeVisible()
  await expect(anonymousPull).toBeChecked()
})

test('the region selector groups, counts and searches regions, and the region chosen is remembered', async ({
  api,
  page,
}) => {
  for (const name of [uniqueName('one'), uniqueName('two')]) await api.createInstance({ name, regionId: 'me-east-1' })
  await page.goto('/')
  await expect(page).toHaveURL(instancesAddress())
  await page.getByRole('banner').getByRole('button', { name: 'Region' }).click()
  const menu = page.getByRole('dialog', { name: 'Select a region' })
  await expect(menu.getByRole('heading')).toHaveText(['China', 'Asia Pacific', 'Europe & Americas', 'Middle East'])
  await expect(menu.getByRole('link', { name: 'China (Hangzhou)' })).toHaveAttribute('aria-current', 'true')
  await expect(menu.getByRole('link', { name: 'UAE (Dubai)' })).toContainText('2 instances')
  await expect(menu.getByRole('link', { name: 'Malaysia (Kuala Lumpur)' })).not.toContainText('instance')

  await menu.getByRole('searchbox', { name: 'Search regions' }).fill('nowhere')
  await expect(menu.getByText('No region has that name.')).toBeVisible()
  await menu.getByRole('searchbox', { name: 'Search regions' }).fill('dubai')
  await expect(menu.getByRole('link')).toHaveCount(1)
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(instancesAddress('me-east-1'))
  await expect(menu).toBeHidden()
  await expect(page.getByRole('list', { name: 'Instances' }).getByRole('listitem')).toHaveCount(2)

  await page.goto('/')
  await expect(page).toHaveURL(instancesAddress('me-east-1'))
})

function card(page: Page, name: string): Locator {
  return page.getByRole('list', { name: 'Instances' }).getByRole('listitem').filter({ hasText: name })
}

async function chooseDelete(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: `More actions for ${name}` }).click()
  await page.getByRole('menuitem', { name: 'Delete' }).click()
}
