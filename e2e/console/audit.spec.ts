import { expect, test } from '../fixtures'

test.beforeEach(async ({ signIn }) => signIn())

test.describe(() => {
  // Thirteen hours before the server, in January.
  test.use({ timezoneId: 'Pacific/Auckland' })

  test('an export holds the days of the reader, not of the server, and starts from the keyboard', async ({ page }) => {
    await page.goto('/audit?from=2026-01-15&to=2026-01-15')
    const link = page.getByRole('link', { name: 'Export CSV' })
    const days = { from: '2026-01-14T11:00:00.000Z', to: '2026-01-15T11:00:00.000Z', format: 'csv' }
    await expect(link).toHaveAttribute('href', `/api/v1/audit-events/export?${new URLSearchParams(days)}`)
    const download = page.waitForEvent('download')
    await link.focus()
    await page.keyboard.press('Enter')
    expect((await download).suggestedFilename()).toMatch(/\.csv$/)
  })
})

test('a day is searched for once it is whole, and Back leads to before it', async ({ page }) => {
  await page.goto('/audit')
  const since = page.getByLabel('Since')
  await since.fill('0202-01-15')
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL('/audit')
  await since.fill('2026-01-15')
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL('/audit?from=2026-01-15')
  await page.goBack()
  await expect(page).toHaveURL('/audit')
  await expect(since).toHaveValue('')
})
