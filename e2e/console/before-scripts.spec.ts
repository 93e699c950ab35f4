import { expect, test } from '../fixtures'
import { instancesAddress } from '../pages/addresses'

test('what was opened before the scripts of the page ran shows what is in it when they do', async ({
  page,
  signIn,
}) => {
  await signIn()
  let run: () => void = () => undefined
  const mayRun = new Promise<void>((resolve) => (run = resolve))
  await page.route('**/_next/static/**/*.js', async (route) => {
    await mayRun
    await route.continue()
  })
  await page.goto(instancesAddress(), { waitUntil: 'commit' })
  await page
    .getByRole('banner')
    .getByRole('button', { name: /^Region/ })
    .click()
  const dialog = page.getByRole('dialog', { name: 'Select a region' })
  await expect(dialog).toBeVisible()
  await expect(dialog.getByRole('link')).toHaveCount(0)
  run()
  await expect(dialog.getByRole('link', { name: 'China (Hangzhou)' })).toBeVisible()
})
