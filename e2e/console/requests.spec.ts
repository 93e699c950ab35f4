import type { Locator, Page } from '@playwright/test'
import { robotWithSecret } from '@/lib/api/schemas/robots'
import { userPassword } from '../api'
import { hold } from '../faults'
import { expect, pushImage, test, uniqueName } from '../fixtures'
import { instanceAddress, overviewAddress } from '../pages/addresses'

/* What a change costs: the console asks for nothing that the answer to the change contains. */

test('one tick of Immutable reads the settings once, sends one change, and asks only for open tags after it', async ({
  api,
  page,
  server,
  signIn,
}) => {
  await signIn()
  const repository = await api.createRepository({ tagImmutability: false })
  await pushImage(server, `test/${repository.name}`, 'v1')
  // The tags and the list have been read before: what is kept of them must not be shown afterwards.
  await page.goto(`${instanceAddress(await api.defaultInstance(), 'repositories')}?search=${repository.name}`)
  await expect(row(page, repository.name)).toContainText('Mutable')
  await page.getByRole('link', { name: `Manage test/${repository.name}` }).click()
  await page.getByRole('link', { name: /^Tags/ }).click()
  await expect(row(page, 'v1')).toContainText('Not protected')
  await page.getByRole('link', { name: 'Details' }).click()

  const sent = watchApi(page)
  await page.getByRole('region', { name: 'Details' }).getByRole('button', { name: 'Edit' }).click()
  const dialog = page.getByRole('dialog', { name: 'Modify Settings' })
  await dialog.getByRole('checkbox', { name: 'Immutable' }).check()
  await dialog.getByRole('button', { name: 'Confirm' }).click()
  await expect(page.getByRole('status').filter({ hasText: `${repository.name} is immutable` })).toBeVisible()
  await expect(dialog).toBeHidden()
  await expect(page.getByRole('region', { name: 'Details' })).toContainText('Immutable')
  // What it would do is read while it is edited, and not afterwards. The space is asked for until it has been counted.
  const previews = /^GET .*\/immutability\/preview\?/
  const space = `GET /repositories/${repository.id}/space`
  await expect
    .poll(() => sent().filter((request) => !previews.test(request) && request !== space))
    .toEqual([
      // The dialog decides on what the settings are when it opens: read by name, with their version.
      `GET /instances/${repository.instanceId}/repositories/by-name?path=test%2F${repository.name}`,
      `PATCH /repositories/${repository.id}`,
      // An immutable repository has a banner for tags that are open. That is no part of the answer to the change.
      `GET /repositories/${repository.id}/immutability/openings?isOpen=true&pageSize=100`,
    ])
  expect(previews.test(sent().at(-1) ?? '')).toBe(false)

  // Before the tags are read again, none is shown as it was.
  const tags = await hold(page, 'GET', /\/api\/v1\/.*\/tags\?/)
  await page.getByRole('link', { name: /^Tags/ }).click()
  await expect(page.getByRole('table', { name: 'Tags, loading' })).toBeVisible()
  await expect(page.getByText('Not protected')).toHaveCount(0)
  tags.release()
  await expect(row(page, 'v1')).toContainText('Protected')

  // Nor is the repository in the list.
  const list = await hold(page, 'GET', /\/api\/v1\/.*\/repositories\?search=/)
  for (const back of ['details', 'tags', 'details', 'list']) {
    await page.goBack()
    if (back === 'list') await expect(page.getByRole('heading', { level: 1, name: 'Repositories' })).toBeVisible()
    else await expect(page).toHaveURL(new RegExp(`/${back}$`))
  }
  await expect(row(page, repository.name)).toContainText('Immutable')
  await expect.poll(() => list.count()).toBe(1)
  list.release()
})

test('the settings of a namespace are changed in the list that shows them, and it is not read again', async ({
  api,
  page,
  signIn,
}) => {
  await signIn()
  const namespace = await api.createNamespace()
  await page.goto(`${instanceAddress(await api.defaultInstance(), 'namespaces')}?search=${namespace.name}`)
  await page.getByRole('button', { name: `Edit ${namespace.name}` }).click()
  const dialog = page.getByRole('dialog', { name: 'Edit Namespace' })
  await dialog.getByRole('radio', { name: 'Enforce' }).check()
  expect(await confirmed(page, dialog)).toEqual([`PATCH /namespaces/${namespace.id}`])
  await expect(row(page, namespace.name)).toContainText('Immutable')
})

test('an instance is read once, however often its switch is changed', async ({ api, page, server, signIn }) => {
  await signIn()
  const instance = await api.createInstance()
  const { name: namespace } = await api.createNamespace({}, instance.id)
  const { name } = await api.createRepository({ namespace }, instance.id)
  // Figures are of an instance that has images.
  const password = { password: server.admin.password }
  expect((await api.request('PUT', `/instances/${instance.id}/credentials/password`, password)).status).toBe(204)
  await pushImage(server, `i/${instance.name}.${instance.regionId}/${namespace}/${name}`, 'v1')
  await page.goto(overviewAddress(instance))
  const anonymousPull = page.getByRole('switch', { name: 'Pull from Anonymous Users' })
  await expect(anonymousPull).not.toBeChecked()
  await expect(page.getByRole('slider').first()).toBeVisible()
  const sent = watchApi(page)
  for (const [isOn, said] of [
    [true, 'can now be pulled without logging in'],
    [false, 'requires logging in again'],
  ] as const) {
    await anonymousPull.click()
    await expect(page.getByRole('status').filter({ hasText: said })).toBeVisible()
    await expect(anonymousPull).toBeChecked({ checked: isOn })
  }
  expect(sent()).toEqual(Array(2).fill(`PATCH /instances/${instance.id}`))
})

test('a user is changed in the list; only a list that the change may take them out of is read again', async ({
  api,
  page,
  signIn,
}) => {
  await signIn()
  const user = await api.createUser()
  await page.goto('/users?sort=-createdAt&pageSize=100')
  const dialog = page.getByRole('dialog', { name: 'Edit User' })
  await page.getByRole('button', { name: `Edit ${user.name}` }).click()
  await dialog.getByRole('textbox', { name: 'Display Name' }).fill('Ada')
  expect(await confirmed(page, dialog)).toEqual([`PATCH /users/${user.id}`])
  await expect(row(page, user.name)).toContainText('Ada')

  await page.goto(`/users?search=${user.name}&role=MEMBER`)
  await page.getByRole('button', { name: `Edit ${user.name}` }).click()
  await dialog.getByRole('radio', { name: 'Administrator' }).check()
  expect(await confirmed(page, dialog)).toEqual([
    `PATCH /users/${user.id}`,
    expect.stringMatching(/^GET \/users\?search=.*&role=MEMBER/),
  ])
  await expect(page.getByRole('heading', { name: 'Nothing found' })).toBeVisible()
})

test('a grant and a robot are changed in their lists, which are not read again', async ({ api, page, signIn }) => {
  await signIn()
  const instance = await api.createInstance()
  const user = await api.createUser()
  const grant = await api.createGrant({ subjectId: user.id, scopeId: instance.id, permission: 'PULL' })
  const robot = await api.send('POST', `/instances/${instance.id}/robots`, robotWithSecret, { name: uniqueName('ci') })

  await page.goto(instanceAddress(instance, 'access-control'))
  await row(page, user.name)
    .getByRole('button', { name: /^Change/ })
    .click()
  let dialog = page.getByRole('dialog', { name: 'Change Permission' })
  await dialog.getByRole('radio', { name: 'Push' }).check()
  expect(await confirmed(page, dialog)).toEqual([`PATCH /grants/${grant.id}`])
  await expect(row(page, user.name)).toContainText('Push')

  await page.goto(`/robots?search=${robot.name}`)
  await page.getByRole('button', { name: `Edit ${robot.userName}` }).click()
  dialog = page.getByRole('dialog', { name: 'Edit Robot' })
  await dialog.getByRole('textbox', { name: 'Description' }).fill('Builds')
  expect(await confirmed(page, dialog)).toEqual([`PATCH /robots/${robot.id}`])
  await expect(row(page, robot.userName)).toContainText('Builds')
})

test('an access key is disabled and enabled in the list, which is not read again', async ({ api, page, server }) => {
  const user = await api.createUser()
  const headers = { origin: server.url }
  const { request } = page.context()
  await request.post('/api/v1/session', { headers, data: { userName: user.name, password: userPassword } })
  const made = (await (await request.post('/api/v1/access-keys', { headers, data: {} })).json()) as { id: string }
  await page.goto('/account/access-keys')
  await expect(row(page, made.id)).toBeVisible()
  const sent = watchApi(page)
  await page.getByRole('button', { name: `Disable ${made.id}` }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Disable' }).click()
  await expect(row(page, made.id)).toContainText('Disabled')
  await expect(page.getByRole('dialog')).toBeHidden()
  await page.getByRole('button', { name: `Enable ${made.id}` }).click()
  await expect(row(page, made.id)).toContainText('Enabled')
  expect(sent()).toEqual(Array(2).fill(`PATCH /access-keys/${made.id}`))
})

function row(page: Page, name: string): Locator {
  return page.getByRole('row').filter({ hasText: name })
}

/** Presses Confirm; what was asked of the REST API until the dialog closed: that is when the page shows the change. */
async function confirmed(page: Page, dialog: Locator): Promise<string[]> {
  const sent = watchApi(page)
  await dialog.getByRole('button', { name: 'Confirm' }).click()
  await expect(dialog).toBeHidden()
  return sent()
}

/** Reads what the page has asked of the REST API since. */
function watchApi(page: Page): () => string[] {
  const sent: string[] = []
  page.on('request', (request) => {
    const { pathname, search } = new URL(request.url())
    if (pathname.startsWith('/api/v1/')) sent.push(`${request.method()} ${pathname.slice('/api/v1'.length)}${search}`)
  })
  return () => sent
}
