import type { Locator } from '@playwright/test'

/** Searches the field of this name in a form for an option, by its whole name, and chooses it. */
export async function chooseFrom(scope: Locator, field: string, option: string): Promise<void> {
  await scope.getByRole('combobox', { name: field }).fill(option)
  await optionOf(scope, option).click()
}

/** An option of the list that is open, by its whole name. */
export function optionOf(scope: Locator, option: string): Locator {
  return scope.getByRole('option').filter({ has: scope.page().getByText(option, { exact: true }) })
}
