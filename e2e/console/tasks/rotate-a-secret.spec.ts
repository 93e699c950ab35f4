import type { Locator } from '@playwright/test'
import { robotWithSecret } from '@/lib/api/schemas/robots'
import { basic, userPassword } from '../../api'
import { expect, pushImage, test, uniqueName } from '../../fixtures'
import { countClicks } from './clicks'

test('“The secret of our robot leaked”: a new one is made in four presses, and the old one is refused at once', async ({
  api,
  page,
  server,
  signIn,
  skopeo,
}) => {
  const { id } = await api.defaultInstance()
  const repository = await api.createRepository()
  const image = `${server.registry}/test/${repository.name}:v1`
  await pushImage(server, `test/${repository.name}`, 'v1')
  const { userName, secret: leaked } = await api.send('POST', `/instances/${id}/robots`, robotWithSecret, {
    name: uniqueName('ci'),
    grants: [{ scopeId: repository.id, permission: 'PULL' }],
  })
  const logOn = (secret: string) =>
    skopeo.attempt(['login', '--tls-verify=false', '--username', userName, '--password-stdin', server.registry], secret)
  const inspect = (secret: string) =>
    skopeo.attempt(['inspect', '--tls-verify=false', '--creds', `${userName}:${secret}`, `docker://${image}`])
  expect((await logOn(leaked)).code).toBe(0)
  expect((await inspect(leaked)).code).toBe(0)

  await signIn()
  const clicks = await countClicks(page)
  await page.goto(`/robots?search=${userName.slice('robot+'.length)}`)
  await page.getByRole('button', { name: `More actions for ${userName}` }).click()
  await page.getByRole('menuitem', { name: 'New Secret' }).click()
  const dialog = page.getByRole('dialog')
  await expect(dialog).toContainText('The current secret stops working')
  await dialog.getByRole('button', { name: 'Confirm' }).click()
  await expect(dialog.getByRole('heading', { name: `New secret for ${userName}` })).toBeVisible()
  const secret = await secretIn(dialog)
  await dialog.getByRole('button', { name: 'Done' }).click()
  expect(clicks()).toBe(4)

  expect(secret).not.toBe(leaked)
  expect((await logOn(leaked)).stderr).toMatch(/unauthorized|invalid username/)
  expect((await inspect(leaked)).stderr).toMatch(/unauthorized|invalid username/)
  expect((await logOn(secret)).code).toBe(0)
  // What the robot may do is as before.
  expect((await inspect(secret)).code).toBe(0)
})

test('“My access key leaked”: another takes its place in five presses, and the old one is refused at once', async ({
  api,
  page,
  server,
}) => {
  const user = await api.createUser()
  await page.context().request.post('/api/v1/session', {
    headers: { origin: server.url },
    data: { userName: user.name, password: userPassword },
  })
  await page.goto('/account/access-keys')
  const dialog = page.getByRole('dialog')
  const make = async () => {
    await page.getByRole('button', { name: 'Create Access Key' }).first().click()
    await dialog.getByRole('button', { name: 'Confirm' }).click()
    const heading = await dialog.getByRole('heading', { name: /^Access key / }).innerText()
    const id = heading.split(' ').at(-1) ?? ''
    const secret = await secretIn(dialog)
    await dialog.getByRole('button', { name: 'Done' }).click()
    return { id, secret }
  }
  const statusWith = async ({ id, secret }: { id: string; secret: string }) =>
    (await fetch(`${server.url}/api/v1/access-keys`, { headers: { authorization: basic(id, secret) } })).status
  const leaked = await make()
  expect(await statusWith(leaked)).toBe(200)

  const clicks = await countClicks(page)
  await page.reload()
  const key = await make()
  await page.getByRole('button', { name: `Delete ${leaked.id}` }).click()
  await dialog.getByRole('textbox').fill(leaked.id)
  await dialog.getByRole('button', { name: 'Delete Access Key' }).click()
  await expect(page.getByRole('status').filter({ hasText: `Access key ${leaked.id} was deleted` })).toBeVisible()
  expect(clicks()).toBe(5)

  expect(await statusWith(leaked)).toBe(401)
  expect(await statusWith(key)).toBe(200)
})

/** The secret that a dialog shows. */
async function secretIn(dialog: Locator): Promise<string> {
  const secret = /\b(\w{43})\b/.exec(await dialog.locator('.facts').innerText())?.[1] ?? ''
  expect(secret).not.toBe('')
  return secret
}
