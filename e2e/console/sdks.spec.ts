import { sdkExamples } from '@/components/access-keys/sdk-examples'
import { basic, userPassword } from '../api'
import { expect, test } from '../fixtures'

test('Access Keys shows how each client of ACR’s API is pointed here, with the key’s id, and its secret only once', async ({
  api,
  context,
  page,
  server,
}) => {
  const user = await api.createUser()
  await context.request.post(`${server.url}/api/v1/session`, {
    headers: { origin: server.url },
    data: { userName: user.name, password: userPassword },
  })
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  const copied = () => page.evaluate(() => navigator.clipboard.readText())
  await page.goto('/account/access-keys')
  const section = page.getByRole('region', { name: 'Use with SDKs' })
  await expect(section).toContainText('export ALIBABA_CLOUD_ACCESS_KEY_ID=Access Key ID')

  await page.getByRole('button', { name: 'Create Access Key' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: 'Confirm' }).click()
  await expect(dialog).toContainText(`Endpoint${server.registry}`)
  await dialog.getByRole('button', { name: 'Copy the commands that set the key' }).click()
  const [, id = '', secret = ''] =
    /^export ALIBABA_CLOUD_ACCESS_KEY_ID=(\w+)\nexport ALIBABA_CLOUD_ACCESS_KEY_SECRET=([\w-]+)$/.exec(
      await copied(),
    ) ?? []
  const authorization = basic(id, secret)
  expect((await fetch(`${server.url}/api/v1/access-keys`, { headers: { authorization } })).status).toBe(200)
  await dialog.getByRole('button', { name: 'Done' }).click()
  await expect(page.locator('body')).not.toContainText(secret)

  await expect(section).toContainText(`export ALIBABA_CLOUD_ACCESS_KEY_ID=${id}`)
  await section.getByRole('button', { name: 'Copy the endpoint' }).click()
  expect(await copied()).toBe(server.registry)
  const tab = (name: string) => section.getByRole('tab', { name, exact: true })
  await tab('Python').focus()
  for (const { key, install, program } of sdkExamples(server.url)) {
    await expect(tab(key)).toBeFocused()
    await expect(tab(key)).toHaveAttribute('aria-selected', 'true')
    await section.getByRole('button', { name: 'Copy the program' }).click()
    expect(await copied()).toBe(program)
    await expect(section.getByText('Install the client')).toHaveCount(install === null ? 0 : 1)
    await tab(key).focus()
    await page.keyboard.press('ArrowRight')
  }
  await expect(tab('Python')).toBeFocused()

  // The client that was looked at last is chosen at the next visit.
  await tab('Terraform').click()
  await page.reload()
  await expect(tab('Terraform')).toHaveAttribute('aria-selected', 'true')
})
