import type { Page } from '@playwright/test'
import { userPassword } from '../api'
import { expect, pushImage, test, uniqueName } from '../fixtures'
import { instanceAddress, instancesAddress, maintenanceAddress, repositoryAddress } from '../pages/addresses'

/** The palette, and what is found in it. */
const paletteOf = (page: Page) => page.getByRole('dialog', { name: 'Search' })
const foundIn = (page: Page, group: string) => paletteOf(page).getByRole('group', { name: group }).getByRole('option')

/** What the keys would open. */
const active = (page: Page) => paletteOf(page).getByRole('option', { selected: true })

test('with the keyboard alone: which repositories have a tag, and the tag of one of them', async ({
  api,
  page,
  server,
  signIn,
}) => {
  const tag = uniqueName('v1.2.3')
  const [first, second] = [await api.createRepository({ tagImmutability: true }), await api.createRepository()]
  await pushImage(server, `test/${first.name}`, tag, 'one')
  await pushImage(server, `test/${second.name}`, tag, 'two')
  await signIn()
  await page.goto(instancesAddress())
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()

  await page.keyboard.press('/')
  await expect(paletteOf(page).getByRole('combobox')).toBeFocused()
  await page.keyboard.type(tag.slice(1))
  const paths = [first, second].map(({ name }) => `test/${name}`).sort()
  await expect(foundIn(page, 'Tags in repositories')).toHaveText(paths.map((path) => new RegExp(`${tag}.*${path}`)))
  await expect(foundIn(page, 'Tags in repositories').filter({ hasText: first.name })).toContainText('Protected')
  await expect(active(page)).toContainText(paths[0] ?? '')
  await page.keyboard.press('ArrowDown')
  await expect(active(page)).toContainText(paths[1] ?? '')
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(new RegExp(`/repository/${paths[1]}/tags/${tag}$`))
  await expect(paletteOf(page)).toHaveCount(0)

  // What was visited is offered before anything is typed, and Escape gives the focus back.
  await page.getByRole('button', { name: /^Search/ }).press('Enter')
  await expect(foundIn(page, 'Recently visited').first()).toContainText(tag)
  await page.keyboard.press('Escape')
  await expect(page.getByRole('button', { name: /^Search, Ctrl K/ })).toBeFocused()

  // Enter need not wait for the results, and Tab goes to the next group.
  await page.keyboard.press('Control+k')
  await page.keyboard.type(first.name)
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(new RegExp(`/repository/test/${first.name}/tags$`))
  await page.keyboard.press('Control+k')
  await page.keyboard.type('garbage')
  await expect(active(page)).toContainText('Garbage Collection')
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(new RegExp(maintenanceAddress('garbage-collection')))
})

test('a pasted digest opens its image, and that of a layer finds the image', async ({ api, page, server, signIn }) => {
  const repository = await api.createRepository()
  const digest = await pushImage(server, `test/${repository.name}`, 'v1', uniqueName('content'))
  await signIn()
  await page.goto(instancesAddress())
  await page.keyboard.press('Control+k')
  const field = paletteOf(page).getByRole('combobox')
  await field.fill(digest.slice(0, 20))
  await expect(foundIn(page, 'Digests')).toContainText(`test/${repository.name} in example, tagged v1`)
  await field.fill(` ${digest}\n`)
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(new RegExp(`/repository/test/${repository.name}/digests/${digest}$`))

  const manifest = await fetch(`${server.url}/v2/test/${repository.name}/manifests/${digest}`, {
    headers: {
      authorization: `Basic ${Buffer.from(`${server.admin.name}:${server.admin.password}`).toString('base64')}`,
      accept: 'application/vnd.oci.image.manifest.v1+json',
    },
  })
  const { layers } = (await manifest.json()) as { layers: { digest: string }[] }
  await page.keyboard.press('Control+k')
  await field.fill(layers[0]?.digest ?? '')
  await expect(foundIn(page, 'Digests').first()).toContainText('has this layer or config')
})

test('a member finds only what is theirs', async ({ api, context, page, server }) => {
  const tag = uniqueName('v7')
  const [seen, hidden] = [await api.createRepository(), await api.createRepository()]
  for (const { name } of [seen, hidden]) await pushImage(server, `test/${name}`, tag, name)
  const user = await api.createUser()
  await api.createGrant({ subjectId: user.id, scopeId: seen.id, permission: 'PULL' })
  await context.request.post('/api/v1/session', {
    headers: { origin: server.url },
    data: { userName: user.name, password: userPassword },
  })
  await page.goto(instancesAddress())
  await page.keyboard.press('Control+k')
  const field = paletteOf(page).getByRole('combobox')
  await field.fill(tag)
  await expect(foundIn(page, 'Tags in repositories')).toHaveText([new RegExp(seen.name)])
  await field.fill(hidden.name)
  await expect(paletteOf(page).getByText('Nothing was found')).toBeVisible()
  await field.fill('audit')
  await expect(paletteOf(page).getByText('Nothing was found')).toBeVisible()
})

test('it opens from every page, not while something is typed, and says when the server is not reached', async ({
  api,
  page,
  signIn,
}) => {
  const repository = await api.createRepository()
  await signIn()
  const home = await api.defaultInstance()
  for (const address of [
    instancesAddress(),
    instanceAddress(home, 'repositories'),
    repositoryAddress(repository, 'tags'),
    maintenanceAddress('scrub'),
    '/users',
    '/account/security',
  ]) {
    await page.goto(address)
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
    await page.keyboard.press('Control+k')
    await expect(paletteOf(page)).toBeVisible()
    await page.keyboard.press('Escape')
  }
  await page.goto(instanceAddress(home, 'repositories'))
  await page.getByRole('searchbox', { name: 'Search repositories' }).press('/')
  await expect(page.getByRole('searchbox', { name: 'Search repositories' })).toHaveValue('/')
  await expect(paletteOf(page)).toHaveCount(0)

  await page.getByRole('button', { name: /^Search, Ctrl K/ }).click()
  await page.context().setOffline(true)
  await paletteOf(page).getByRole('combobox').fill(repository.name)
  await expect(paletteOf(page).getByRole('alert')).toContainText('The server was not reached')
  await page.context().setOffline(false)
  await expect(foundIn(page, 'Repositories')).toContainText(repository.name)
})
