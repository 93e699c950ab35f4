import type { Browser, Locator, Page } from '@playwright/test'
import { grant } from '@/lib/api/schemas/grants'
import type { UserView } from '@/lib/api/schemas/users'
import { userPassword } from '../api'
import { failOnce } from '../faults'
import { expect, test } from '../fixtures'
import { instanceAddress, repositoryAddress } from '../pages/addresses'
import { chooseFrom } from '../pages/combobox'
import type { ServerInfo } from '../server'

test('what is granted is what a member sees and may do', async ({ api, browser, page, server, signIn }) => {
  const instance = await api.createInstance({ regionId: 'cn-hangzhou' })
  for (const name of ['payments', 'web']) await api.createNamespace({ name }, instance.id)
  await api.createRepository({ namespace: 'payments', name: 'ledger' }, instance.id)
  await api.createRepository({ namespace: 'web', name: 'storefront' }, instance.id)
  const member = await api.createUser()
  const theirs = await pageOf(browser, server, member)

  // Nothing is granted: there is no such instance.
  await theirs.goto(instanceAddress(instance, 'repositories'))
  await expect(theirs.getByRole('main')).not.toContainText('storefront')
  await theirs.goto(instanceAddress(instance, 'access-control'))
  await expect(theirs.getByRole('main').getByRole('heading', { name: 'There is no such instance' })).toBeVisible()

  await signIn()
  await page.goto(instanceAddress(instance, 'repositories'))
  await page
    .getByRole('list', { name: 'Repository', exact: true })
    .getByRole('link', { name: 'Access Control' })
    .click()
  await expect(page.getByRole('heading', { level: 1, name: 'Access Control' })).toBeVisible()
  await expect(page.getByRole('heading', { name: 'No grants yet' })).toBeVisible()
  await page.getByRole('button', { name: 'Grant Access' }).first().click()
  const dialog = page.getByRole('dialog', { name: 'Grant Access' })
  await expect(dialog.getByRole('radio', { name: 'The whole instance' })).toBeFocused()
  await dialog.getByRole('radio', { name: 'A namespace' }).check()
  await dialog.getByRole('button', { name: 'Confirm' }).click()
  await expect(dialog.getByRole('combobox', { name: 'Namespace' })).toHaveAccessibleDescription(
    'Choose what to grant access to.',
  )
  await expect(dialog.getByRole('combobox', { name: 'User or Robot' })).toHaveAccessibleDescription(
    'Choose a user or a robot.',
  )
  await expect(dialog.getByRole('combobox', { name: 'Namespace' })).toBeFocused()
  await chooseFrom(dialog, 'Namespace', 'payments')
  await choose(dialog, member.name)
  await dialog.getByRole('button', { name: 'Confirm' }).click()
  await expect(dialog).toBeHidden()
  await expect(row(page, member.name)).toHaveText(/payments\s*Namespace\s*Pull/)

  // The same once more is refused in words.
  await page.getByRole('button', { name: 'Grant Access' }).click()
  await dialog.getByRole('radio', { name: 'A namespace' }).check()
  await chooseFrom(dialog, 'Namespace', 'payments')
  await choose(dialog, member.name)
  await dialog.getByRole('button', { name: 'Confirm' }).click()
  const subject = dialog.getByRole('combobox', { name: 'User or Robot' })
  await expect(subject).toHaveAccessibleDescription('There is already a grant for exactly this. Change that one.')
  await expect(subject).toBeFocused()
  // That was said of another choice.
  await chooseFrom(dialog, 'Namespace', 'web')
  await expect(subject).not.toHaveAttribute('aria-invalid')
  await page.keyboard.press('Escape')

  await theirs.goto(instanceAddress(instance, 'repositories'))
  const names = theirs.getByRole('table', { name: 'Repositories' }).getByRole('rowheader')
  await expect(names).toHaveText(['ledger'])
  await theirs.goto(instanceAddress(instance, 'access-control'))
  await expect(row(theirs, member.name)).toContainText('payments')
  await expect(theirs.getByRole('button', { name: 'Grant Access' })).toHaveCount(0)
  await expect(theirs.getByRole('button', { name: 'Revoke' })).toHaveCount(0)

  await row(page, member.name)
    .getByRole('button', { name: /^Revoke/ })
    .click()
  await page.getByRole('dialog', { name: 'Revoke Access' }).getByRole('button', { name: 'Revoke' }).click()
  await expect(page.getByRole('heading', { name: 'No grants yet' })).toBeVisible()
  await theirs.goto(instanceAddress(instance, 'repositories'))
  await expect(theirs.getByRole('main')).not.toContainText('ledger')
  await theirs.context().close()
})

test('who may manage a namespace grants there, and sees nothing of the grants beside', async ({
  api,
  browser,
  server,
}) => {
  const instance = await api.createInstance({ regionId: 'cn-hangzhou' })
  const namespace = await api.createNamespace({ name: 'payments' }, instance.id)
  const other = await api.createNamespace({ name: 'web' }, instance.id)
  const [manager, member] = [await api.createUser(), await api.createUser()]
  await api.createGrant({ subjectId: manager.id, scopeId: namespace.id, permission: 'MANAGE' })
  await api.createGrant({ subjectId: member.id, scopeId: other.id, permission: 'PUSH' })

  const page = await pageOf(browser, server, manager)
  await page.goto(instanceAddress(instance, 'access-control'))
  await expect(row(page, manager.name)).toContainText('Manage')
  await expect(row(page, member.name)).toHaveCount(0)
  await page.getByRole('button', { name: 'Grant Access' }).click()
  const dialog = page.getByRole('dialog', { name: 'Grant Access' })
  await expect(dialog.getByRole('radio', { name: 'The whole instance' })).toHaveCount(0)
  await dialog.getByRole('combobox', { name: 'Namespace' }).click()
  await expect(dialog.getByRole('option')).toHaveText(['payments'])
  await chooseFrom(dialog, 'Namespace', 'payments')
  await choose(dialog, member.name)
  await dialog.getByRole('radio', { name: 'Push' }).check()
  await dialog.getByRole('button', { name: 'Confirm' }).click()
  await expect(row(page, member.name)).toHaveText(/payments\s*Namespace\s*Push/)
  await page.context().close()
})

test('a repository shows who reaches it, through its instance, its namespace or itself', async ({
  api,
  page,
  signIn,
}) => {
  await signIn()
  const home = await api.defaultInstance()
  const repository = await api.createRepository()
  const namespaceId = repository.namespaceId
  const users = [await api.createUser(), await api.createUser(), await api.createUser()] as const
  const scopes = [home.id, namespaceId, repository.id]
  for (const [index, user] of users.entries()) {
    await api.createGrant({ subjectId: user.id, scopeId: scopes[index] ?? '', permission: 'PULL' })
  }
  await page.goto(repositoryAddress(repository, 'details'))
  await page
    .getByRole('navigation', { name: `Repository test/${repository.name}` })
    .getByText('Access')
    .click()
  await expect(page).toHaveURL(repositoryAddress(repository, 'access'))
  await expect(page.getByRole('main')).toContainText('This repository is private')
  const search = page.getByRole('search').getByRole('searchbox')
  const kinds = ['Instance', 'Namespace', 'Repository']
  for (const [index, user] of users.entries()) {
    await search.fill(user.name)
    await expect(row(page, user.name, 'Access')).toContainText(kinds[index] ?? '')
  }
  await search.fill('')

  await api.request('PATCH', `/repositories/${repository.id}`, { type: 'PUBLIC' })
  await page.reload()
  await expect(page.getByRole('main')).toContainText(
    'This repository is public: every user and robot may pull from it.',
  )

  const late = await api.createUser()
  await page.getByRole('button', { name: 'Grant Access' }).click()
  const dialog = page.getByRole('dialog', { name: 'Grant Access' })
  await expect(dialog.getByRole('combobox', { name: 'User or Robot' })).toBeFocused()
  await choose(dialog, late.name)
  await dialog.getByRole('radio', { name: 'Manage' }).check()
  await dialog.getByRole('button', { name: 'Confirm' }).click()
  await expect(dialog).toBeHidden()
  await search.fill(late.name)
  await expect(row(page, late.name, 'Access')).toHaveText(/Repository\s*Manage/)
})

test('who sees a public repository without a grant is not told that there are none', async ({
  api,
  browser,
  server,
}) => {
  const repository = await api.createRepository({ type: 'PUBLIC' })
  const [reader, other] = [await api.createUser(), await api.createUser()]
  await api.createGrant({ subjectId: other.id, scopeId: repository.id, permission: 'PUSH' })
  const page = await pageOf(browser, server, reader)
  await page.goto(repositoryAddress(repository, 'access'))
  await expect(page.getByRole('heading', { name: 'No grants to show' })).toBeVisible()
  await expect(page.getByRole('main')).not.toContainText('Nothing is granted')
  await page.context().close()
})

test('a grant that somebody else changed meanwhile shows both sides, and nothing is saved before one is chosen', async ({
  api,
  page,
  signIn,
}) => {
  await signIn()
  const repository = await api.createRepository()
  const user = await api.createUser()
  const made = await api.createGrant({ subjectId: user.id, scopeId: repository.id, permission: 'PULL' })
  await page.goto(repositoryAddress(repository, 'access'))
  await page.getByRole('search').getByRole('searchbox').fill(user.name)
  const change = row(page, user.name, 'Access').getByRole('button', { name: /^Change/ })
  const dialog = page.getByRole('dialog', { name: 'Change Permission' })
  const read = () => api.send('GET', `/grants/${made.id}`, grant)

  await change.click()
  await dialog.getByRole('radio', { name: 'Manage' }).check()
  expect((await api.request('PATCH', `/grants/${made.id}`, { permission: 'PUSH' })).status).toBe(200)
  await dialog.getByRole('button', { name: 'Confirm' }).click()
  await expect(dialog.getByRole('alert')).toContainText('Somebody else changed this grant meanwhile.')
  await expect(dialog.getByRole('row')).toHaveText([/Setting/, /Permission\s*Push\s*Manage/])
  expect(await read()).toMatchObject({ permission: 'PUSH' })
  await dialog.getByRole('button', { name: 'Use Theirs' }).click()
  await expect(dialog.getByRole('radio', { name: 'Push' })).toBeChecked()
  await dialog.getByRole('radio', { name: 'Manage' }).check()
  await dialog.getByRole('button', { name: 'Confirm' }).click()
  await expect(row(page, user.name, 'Access')).toContainText('Manage')
  expect(await read()).toMatchObject({ permission: 'MANAGE' })
})

test('a list to choose from that does not load says so, and Retry loads it', async ({ api, page, signIn }) => {
  await signIn()
  const repository = await api.createRepository()
  const user = await api.createUser()
  await failOnce(page, 'GET', /\/api\/v1\/grant-subjects\?/, 500)
  await page.goto(repositoryAddress(repository, 'access'))
  await page.getByRole('button', { name: 'Grant Access' }).click()
  const dialog = page.getByRole('dialog', { name: 'Grant Access' })
  await expect(dialog.getByRole('alert')).toContainText('Something went wrong on the server.')
  await dialog.getByRole('button', { name: 'Retry' }).click()
  await choose(dialog, user.name)
  await expect(dialog.getByRole('alert')).toHaveCount(0)
})

/** Chooses a user in the dialog. */
async function choose(dialog: Locator, name: string): Promise<void> {
  await chooseFrom(dialog, 'User or Robot', name)
}

/** A page of a browser that a user is logged on in. */
async function pageOf(browser: Browser, server: ServerInfo, user: UserView): Promise<Page> {
  const context = await browser.newContext({ baseURL: server.url, locale: 'en-US' })
  const headers = { origin: server.url }
  const data = { userName: user.name, password: userPassword }
  const answer = await context.request.post('/api/v1/session', { headers, data })
  if (!answer.ok()) throw new Error(`Log-on refused: ${answer.status()}`)
  return context.newPage()
}

function row(page: Page, name: string, table = 'Access Control'): Locator {
  return page.getByRole('table', { name: table }).getByRole('row', { name })
}
