import { expect, test, uniqueName } from '../../fixtures'
import { overviewAddress } from '../../pages/addresses'
import { countClicks } from './clicks'

test('“How do I get my first image into an empty instance?”', async ({ api, context, docker, page, signIn }) => {
  test.slow()
  const instance = await api.createInstance()
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  await signIn()
  const clicks = await countClicks(page)
  await page.goto(overviewAddress(instance))
  const section = page.getByRole('region', { name: 'Push your first image' })
  const step = (title: string) =>
    section.getByRole('listitem').filter({ has: page.getByRole('heading', { name: title }) })
  const copied = () => page.evaluate(() => navigator.clipboard.readText())
  await expect(section.getByRole('status').first()).toHaveText('0 of 3 done. The steps tick themselves.')
  // Whatever ticks a step, it is not that the page was loaded again.
  await page.evaluate(() => Reflect.set(window, 'isFirstLoad', true))

  const namespace = uniqueName('team')
  await step('Create Namespace').getByRole('button', { name: 'Create Namespace' }).click()
  await page.getByRole('dialog').getByLabel('Namespace', { exact: true }).fill(namespace)
  await page.keyboard.press('Enter')
  await expect(step('Create Namespace')).toContainText(', done')
  await expect(step('Create Namespace')).toContainText('creates repositories on push')
  await expect(step('Log in')).toHaveAttribute('aria-current', 'step')

  const secret = 'first-push-1234'
  await step('Log in').getByRole('button', { name: 'Set Password' }).click()
  const dialog = page.getByRole('dialog', { name: 'Set Password' })
  await dialog.getByLabel('Password', { exact: true }).fill(secret)
  await dialog.getByLabel('Confirm Password').fill(secret)
  await page.keyboard.press('Enter')
  await expect(dialog).toBeHidden()
  await expect(step('Log in')).toContainText('Waiting for the first log-in')

  await step('Log in').getByRole('button', { name: 'Copy the log in command' }).click()
  const loggedIn = await docker.paste(await copied(), secret)
  expect(loggedIn.stdout + loggedIn.stderr).toContain('Login Succeeded')
  await expect(step('Log in')).toContainText(', done')
  await expect(section.getByRole('status').first()).toHaveText('2 of 3 done. The steps tick themselves.')

  await step('Push an image').getByRole('button', { name: 'Copy the push commands' }).click()
  const pushed = await docker.paste(await copied())
  expect(pushed.code, pushed.stdout + pushed.stderr).toBe(0)
  await expect(step('Push an image')).toContainText(', done')
  await expect(section.getByRole('status').first()).toHaveText('All done.')
  expect(await page.evaluate(() => Reflect.get(window, 'isFirstLoad') as unknown)).toBe(true)
  expect(clicks()).toBe(4)

  await section.getByRole('link', { name: 'View the repositories' }).click()
  await expect(page.getByRole('table', { name: 'Repositories' }).getByRole('row', { name: 'hello' })).toBeVisible()
})

test('a page that waits for the first push does not keep the session from ending', async ({ api, page, signIn }) => {
  const instance = await api.createInstance()
  await signIn()
  await page.clock.install()
  await page.goto(overviewAddress(instance))
  await expect(page.getByRole('region', { name: 'Push your first image' })).toBeVisible()
  const isUnattended = async (is: boolean) => {
    const next = page.waitForRequest((request) => request.url().endsWith(`/instances/${instance.id}/credentials`))
    await page.clock.runFor(2_000)
    expect((await next).headers()['stele-unattended']).toBe(is ? 'true' : undefined)
  }
  await isUnattended(false)
  await page.clock.fastForward(61_000)
  await isUnattended(true)
  await page.keyboard.press('Shift')
  await isUnattended(false)
})
