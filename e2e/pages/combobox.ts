import { expect, type Locator } from '@playwright/test'

/** Searches the field of this name in a form for an option, by its whole name, and chooses it. */
export async function chooseFrom(scope: Locator, field: string, option: string): Promise<void> {
  const combobox = scope.getByRole('combobox', { name: field })
  await combobox.click()
  await combobox.fill(option)
  await optionOf(scope, option).click()
}

/** The same without a click. */
export async function chooseByKeyboard(scope: Locator, field: string, option: string): Promise<void> {
  const combobox = scope.getByRole('combobox', { name: field })
  await combobox.press('ArrowDown')
  await combobox.fill(option)
  const wanted = optionOf(scope, option)
  await expect(async () => {
    await expect(wanted).toBeVisible()
    while ((await wanted.getAttribute('aria-selected')) !== 'true') await combobox.press('ArrowDown')
    await combobox.press('Enter')
    await expect(combobox).toHaveAttribute('aria-expanded', 'false', { timeout: 500 })
  }).toPass()
  await expect(combobox).toHaveValue(option)
}

/** An option of the list that is open, by its whole name. */
export function optionOf(scope: Locator, option: string): Locator {
  return scope.getByRole('option').filter({ has: scope.page().getByText(option, { exact: true }) })
}
