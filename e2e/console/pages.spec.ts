import type { Page } from '@playwright/test'
import { expect, test } from '../fixtures'
import { instanceAddress } from '../pages/addresses'

/* The pages of a list. */

test.beforeEach(async ({ signIn }) => signIn())

const nameOf = (index: number) => `name-${String(index).padStart(2, '0')}`

test('a page has a short address of its own, and leads to the pages before and after it', async ({ api, page }) => {
  const instance = await api.createInstance()
  for (let index = 1; index <= 41; index += 1) await api.createNamespace({ name: nameOf(index) }, instance.id)
  const address = instanceAddress(instance, 'namespaces')
  await page.goto(address)
  const go = async (way: 'Next page' | 'Previous page', first: number, number: number) => {
    await page.getByRole('link', { name: way }).click()
    await expect(names(page).first()).toHaveText(nameOf(first))
    await expect(page.getByText(`${number} / 3`)).toBeVisible()
  }
  await go('Next page', 21, 2)
  await go('Next page', 41, 3)
  const url = new URL(page.url())
  expect(url.searchParams.getAll('cursor')).toHaveLength(1)

  // Whoever is given the address goes back from there.
  const other = await page.context().newPage()
  await other.goto(page.url())
  await expect(names(other)).toHaveText([nameOf(41)])
  await other.getByRole('link', { name: 'Previous page' }).click()
  await expect(names(other).first()).toHaveText(nameOf(21))
  await expect(names(other)).toHaveCount(20)
  await expect(other.getByText('2 / 3')).toBeVisible()
  await other.close()

  await page.reload()
  await go('Previous page', 21, 2)
  await go('Previous page', 1, 1)
  await expect(page).toHaveURL(address)
  await expect(page.getByRole('link', { name: 'Previous page' })).toHaveCount(0)
  await page.goBack()
  await expect(page.getByText('2 / 3')).toBeVisible()
})

test('from a page whose last row is deleted, one goes to the last page that has rows', async ({ api, page }) => {
  const instance = await api.createInstance()
  for (let index = 1; index <= 41; index += 1) await api.createNamespace({ name: nameOf(index) }, instance.id)
  const address = instanceAddress(instance, 'namespaces')
  await page.goto(address)
  for (const number of [2, 3]) {
    await page.getByRole('link', { name: 'Next page' }).click()
    await expect(page.getByText(`${number} / 3`)).toBeVisible()
  }
  const third = page.url()
  await page.getByRole('button', { name: `Delete ${nameOf(41)}` }).click()
  const dialog = page.getByRole('dialog', { name: 'Delete Namespace' })
  await dialog.getByRole('textbox').fill(nameOf(41))
  await dialog.getByRole('button', { name: 'Delete Namespace' }).click()
  await expect(page.getByText('2 / 2')).toBeVisible()
  await expect(names(page)).toHaveCount(20)
  await expect(names(page).last()).toHaveText(nameOf(40))
  await expect(page.getByText('40 namespaces')).toBeVisible()

  // So does the address of the emptied page.
  await page.goto(third)
  await expect(page.getByText('2 / 2')).toBeVisible()
  await expect(names(page).first()).toHaveText(nameOf(21))
  await page.getByRole('link', { name: 'Previous page' }).click()
  await expect(page).toHaveURL(address)
  await expect(names(page).first()).toHaveText(nameOf(1))
})

test('an emptied page of a search in which nothing is left says that nothing was found', async ({ api, page }) => {
  const instance = await api.createInstance()
  for (let index = 1; index <= 21; index += 1) await api.createNamespace({ name: nameOf(index) }, instance.id)
  await page.goto(instanceAddress(instance, 'namespaces'))
  await page.getByRole('link', { name: 'Next page' }).click()
  await expect(page.getByText('2 / 2')).toBeVisible()
  const second = new URL(page.url())
  second.searchParams.set('search', 'nothing-has-this-name')
  await page.goto(second.href)
  await expect(page.getByRole('heading', { name: 'Nothing found' })).toBeVisible()
  await expect(page).not.toHaveURL(/cursor=/)
})

function names(page: Page) {
  return page.getByRole('rowheader')
}
