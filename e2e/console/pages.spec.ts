import type { Page } from '@playwright/test'
import { expect, test } from '../fixtures'
import { instanceAddress } from '../pages/addresses'

/* The pages of a list: 41 namespaces, of which the third page has one. */

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

function names(page: Page) {
  return page.getByRole('rowheader')
}
