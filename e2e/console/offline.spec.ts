import type { Page } from '@playwright/test'
import { hold } from '../faults'
import { expect, pushImage, test, uniqueName } from '../fixtures'
import { instanceAddress, repositoryAddress } from '../pages/addresses'

/* What becomes of a change when the connection is gone, or the answer long in coming. */

const unreached = 'The server was not reached. Check your connection and try again.'

test.beforeEach(async ({ signIn }) => signIn())

test('offline, a deletion fails at once, its dialog closes, and it is not made when the connection is back', async ({
  api,
  page,
  server,
}) => {
  const repository = await api.createRepository()
  await pushImage(server, `test/${repository.name}`, 'v1')
  await page.goto(repositoryAddress(repository, 'tags'))
  await page.getByRole('button', { name: 'Delete v1' }).click()
  const dialog = page.getByRole('dialog', { name: 'Delete Tag' })
  const confirm = dialog.getByRole('button', { name: 'Delete Tag' })
  await expect(confirm).toBeEnabled()
  const sent = watchChanges(page)

  await page.context().setOffline(true)
  await confirm.click()
  await expect(dialog.getByRole('alert')).toHaveText(unreached)
  await page.keyboard.press('Escape')
  await expect(dialog).toBeHidden()
  const tried = sent().length

  await page.context().setOffline(false)
  await page.reload()
  await expect(page.getByRole('row').filter({ hasText: 'v1' })).toBeVisible()
  expect(sent().length).toBe(tried)

  await page.getByRole('button', { name: 'Delete v1' }).click()
  await confirm.click()
  await expect(dialog).toBeHidden()
  await expect(page.getByRole('heading', { name: 'No tags yet' })).toBeVisible()
})

test('offline, a form keeps what was typed, and Confirm makes the change once the connection is back', async ({
  api,
  page,
}) => {
  const name = uniqueName('offline')
  await page.goto(instanceAddress(await api.defaultInstance(), 'namespaces'))
  await page.getByRole('button', { name: 'Create Namespace' }).first().click()
  const dialog = page.getByRole('dialog', { name: 'Create Namespace' })
  await dialog.getByRole('textbox', { name: 'Name' }).fill(name)
  await page.context().setOffline(true)
  await dialog.getByRole('button', { name: 'Confirm' }).click()
  await expect(dialog.getByRole('alert')).toHaveText(unreached)
  await page.context().setOffline(false)
  await dialog.getByRole('button', { name: 'Confirm' }).click()
  await expect(dialog).toBeHidden()
  await expect(page.getByRole('status').filter({ hasText: name })).toBeVisible()
})

test('offline, what was not read says so, be it a list, a dialog or its code, and is read when the connection is back', async ({
  api,
  page,
}) => {
  const name = uniqueName('offline')
  for (const end of ['a', 'b']) await api.createRepository({ name: `${name}-${end}` })
  await page.goto(`${instanceAddress(await api.defaultInstance(), 'repositories')}?search=${name}`)
  const openDelete = (end: string) => page.getByRole('button', { name: `Delete test/${name}-${end}` }).click()
  await expect(page.getByRole('row').filter({ hasText: name })).toHaveCount(2)

  // The code of a dialog is loaded when it is first opened.
  await page.context().setOffline(true)
  await openDelete('a')
  const notLoaded = page.getByRole('status').filter({ hasText: 'The dialog did not load' })
  await expect(notLoaded).toContainText(unreached)
  await expect(page.getByRole('dialog')).toHaveCount(0)
  await page.context().setOffline(false)
  await openDelete('a')
  const dialog = page.getByRole('dialog', { name: 'Delete Repository' })
  await expect(dialog.getByRole('textbox')).toBeVisible()
  await page.keyboard.press('Escape')

  await page.context().setOffline(true)
  await openDelete('b')
  await expect(dialog.getByRole('alert')).toHaveText(unreached)
  await dialog.getByRole('button', { name: 'Cancel' }).click()
  await expect(dialog).toBeHidden()

  const search = page.getByRole('searchbox')
  await search.fill(`${name}-other`)
  await search.press('Enter')
  await expect(page.getByRole('main').getByRole('alert')).toContainText(unreached)
  await page.context().setOffline(false)
  await expect(page.getByRole('heading', { name: 'Nothing found' })).toBeVisible()
})

test('a dialog closes while its answer is awaited; a toast says when it failed', async ({ api, page, server }) => {
  const repository = await api.createRepository()
  await pushImage(server, `test/${repository.name}`, 'v1')
  await page.goto(repositoryAddress(repository, 'tags'))
  let fail = () => {}
  const failed = new Promise<void>((resolve) => (fail = resolve))
  await page.route(/\/tags\/v1$/, async (route) => {
    if (route.request().method() !== 'DELETE') return route.fallback()
    await failed
    await route.abort('connectionreset')
  })
  await page.getByRole('button', { name: 'Delete v1' }).click()
  const dialog = page.getByRole('dialog', { name: 'Delete Tag' })
  await dialog.getByRole('button', { name: 'Delete Tag' }).click()
  await dialog.getByRole('button', { name: 'Cancel' }).click()
  await expect(dialog).toBeHidden()
  fail()
  await expect(page.getByRole('status').filter({ hasText: unreached })).toBeVisible()
  await expect(page.getByRole('row').filter({ hasText: 'v1' })).toBeVisible()
})

test('a secret that comes after its dialog was closed is not shown, and a toast says so', async ({ page }) => {
  await page.goto('/account/access-keys')
  const held = await hold(page, 'POST', /\/access-keys$/)
  await page.getByRole('button', { name: 'Create Access Key' }).first().click()
  const dialog = page.getByRole('dialog', { name: 'Create Access Key' })
  await dialog.getByRole('button', { name: 'Confirm' }).click()
  await page.keyboard.press('Escape')
  await expect(dialog).toBeHidden()
  held.release()
  await expect(page.getByRole('status').filter({ hasText: 'Done after its dialog was closed' })).toBeVisible()
  await expect(page.getByRole('dialog')).toHaveCount(0)
})

/** Reads what changes the page has asked for since. */
function watchChanges(page: Page): () => string[] {
  const sent: string[] = []
  page.on('request', (request) => {
    if (request.method() !== 'GET') sent.push(request.method())
  })
  return () => sent
}
