import type { Locator, Page } from '@playwright/test'
import { failOnce } from '../faults'
import { expect, pushImage, test, uniqueName } from '../fixtures'
import { instanceAddress, instancesAddress, overviewAddress, repositoryAddress } from '../pages/addresses'

test.describe.configure({ mode: 'parallel' })

async function speak(page: Page, locale: 'en' | 'zh-CN', url: string) {
  await page.context().addCookies([{ name: 'stele-locale', value: locale, url }])
}

test('ACR’s words are where its manual says: the product at the log-on, the edition of an instance', async ({
  page,
  server,
  signIn,
}) => {
  const words = {
    en: { product: 'Container Registry', edition: 'Enterprise Edition' },
    'zh-CN': { product: '容器镜像服务', edition: '企业版' },
  } as const
  for (const [locale, { product, edition }] of Object.entries(words)) {
    await page.context().clearCookies()
    await speak(page, locale as keyof typeof words, server.url)
    await page.goto('/login')
    await expect(page.getByRole('main')).toContainText(product)
    await signIn()
    await page.goto(instancesAddress())
    await expect(page.getByRole('banner')).toContainText(product)
    const card = page.getByRole('listitem').filter({ has: page.getByRole('link', { name: 'example', exact: true }) })
    await expect(card).toContainText(edition)
    await page.goto(`${instancesAddress()}?view=table`)
    await expect(page.getByRole('row').filter({ hasText: 'example' })).toContainText(edition)
    await card.or(page.getByRole('rowheader')).getByRole('link', { name: 'example', exact: true }).click()
    await expect(page.getByRole('main')).toContainText(edition)
  }
})

test('at 1024 px the rail of icons leads to all that the pane does, with names for pointer and keyboard', async ({
  api,
  page,
  signIn,
}) => {
  const repository = await api.createRepository()
  await signIn()
  await page.setViewportSize({ width: 1440, height: 800 })
  await page.goto(repositoryAddress(repository, 'details'))
  const pane = page.getByRole('navigation', { name: 'Instance', exact: true })
  await expect(pane.getByRole('link', { name: 'Blocked Pushes' })).toBeVisible()
  const hrefs = () =>
    pane.getByRole('link').evaluateAll((links) => links.map((link) => link.getAttribute('href')).sort())
  const all = await hrefs()

  await page.setViewportSize({ width: 1024, height: 800 })
  const instances = pane.getByRole('link', { name: 'Instances' })
  await expect(instances).toBeVisible()
  expect(await hrefs()).toEqual(all)
  for (const link of await pane.getByRole('link').all()) {
    await link.hover()
    await expectNamed(link)
    await page.mouse.move(700, 700)
    await expectNamed(link, false)
  }
  await page.locator('.bar .brand').focus()
  await instances.focus()
  await page.keyboard.press('Tab')
  await page.keyboard.press('Shift+Tab')
  await expectNamed(instances)
  await page.keyboard.press('Escape')
  await expectNamed(instances, false)
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(instancesAddress())
})

/** Whether the name of a rail's link lies over the page, beside its icon. */
async function expectNamed(link: Locator, isNamed = true) {
  const isOver = () =>
    link.evaluate((element) => {
      const name = element.querySelector('span')
      const { right } = element.getBoundingClientRect()
      const box = name?.getBoundingClientRect()
      return (
        box !== undefined &&
        box.width > 10 &&
        box.left >= right - 8 &&
        getComputedStyle(name as Element).clipPath === 'none'
      )
    })
  await expect.poll(isOver).toBe(isNamed)
}

test('the audit trail tells what happened in sentences, with seconds and the client, in both languages', async ({
  api,
  page,
  server,
  signIn,
}) => {
  const repository = await api.createRepository()
  const path = `test/${repository.name}`
  await api.request('PATCH', `/repositories/${repository.id}`, { tagImmutability: true })
  await signIn()
  await page.goto(`/audit?targetType=REPOSITORY&text=${path}`)
  const row = page.getByRole('row').filter({ hasText: 'immutable' })
  await expect(row).toContainText(`admin made repository ${path} immutable`)
  await expect(row.locator('time').first()).toHaveText(/\d{1,2}:\d{2}:\d{2}/)
  await expect(row).toContainText('Tag immutability: Off → Enforce')
  await expect(row).toContainText('Node.js')

  await row.getByRole('button', { name: /^Details/ }).click()
  const dialog = page.getByRole('dialog')
  await expect(dialog).toContainText(`admin made repository ${path} immutable`)
  await expect(dialog.getByRole('row', { name: 'Tag immutability Off Enforce' })).toBeVisible()

  await speak(page, 'zh-CN', server.url)
  await page.reload()
  await expect(page.getByRole('row').filter({ hasText: `admin 将镜像仓库 ${path} 设为不可变` })).toContainText('关闭')
})

test('what is not there is said inside the console, with the status 404 and a way on', async ({
  api,
  page,
  server,
  signIn,
}) => {
  test.slow()
  const repository = await api.createRepository()
  await pushImage(server, `test/${repository.name}`, 'v1')
  const home = await api.defaultInstance()
  await signIn()
  const missing = `test/${uniqueName('missing')}`
  const digest = `sha256:${'0'.repeat(64)}`
  const tags = repositoryAddress(repository, 'tags')
  const pages = [
    { address: '/nowhere', title: 'There is no page here', way: instancesAddress() },
    { address: '/cn-hangzhou/nowhere/else', title: 'There is no page here', way: instancesAddress() },
    { address: '/xx-nowhere/instances', title: 'There is no page here', way: instancesAddress() },
    {
      address: '/cn-hangzhou/instance/cri-0000000000000000',
      title: 'There is no such instance',
      way: instancesAddress(),
    },
    {
      address: `/cn-hangzhou/instance/${uniqueName('nowhere')}/repositories?search=x`,
      title: 'There is no such instance',
      way: instancesAddress(),
    },
    // No instance can have this name.
    { address: '/cn-hangzhou/instance/No%20Name', title: 'There is no such instance', way: instancesAddress() },
    { address: `${overviewAddress(home)}/nowhere`, title: 'There is no page here', way: overviewAddress(home) },
    {
      address: `${overviewAddress(home)}/repository/${missing}/tags`,
      title: missing,
      way: instanceAddress(home, 'repositories'),
    },
    { address: `${tags}/v2`, title: 'v2', way: tags },
    { address: tags.replace(/tags$/, `digests/${digest}`), title: /./, way: tags },
  ]
  for (const { address, title, way } of pages) {
    const response = await page.goto(address)
    expect(response?.status(), address).toBe(404)
    await expect(page.getByRole('banner').getByRole('button', { name: 'Account admin' })).toBeVisible()
    await expect(page.getByRole('navigation', { name: /Console|Instance/ })).toBeVisible()
    await expect(page.getByRole('heading', { level: 1 })).toContainText(title)
    await expect(page.getByRole('main')).toContainText('or you may not see it')
    await page.getByRole('main').getByRole('link').last().click()
    await expect(page, address).toHaveURL(way)
  }
  // Of an instance that is not there, nothing in the pane would lead anywhere.
  for (const instance of ['cri-0000000000000000', uniqueName('nowhere')]) {
    await page.goto(`/cn-hangzhou/instance/${instance}`)
    await expect(page.getByRole('navigation', { name: 'Console' }).getByRole('link', { name: 'Audit' })).toBeVisible()
  }
  for (const address of [tags, `${tags}/v1`, overviewAddress(home), '/audit']) {
    expect((await page.goto(address))?.status(), address).toBe(200)
  }
  await speak(page, 'zh-CN', server.url)
  await page.goto('/nowhere')
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('页面不存在')
  await page.context().clearCookies()
  expect((await page.goto('/nowhere'))?.status()).toBe(404)
})

test('who has no access is told the same as of what is not there', async ({ api, browser, server }) => {
  const repository = await api.createRepository()
  const password = 'a-password-of-theirs-1'
  const user = await api.createUser({ password })
  const context = await browser.newContext({ baseURL: server.url })
  const theirs = await context.newPage()
  await theirs.request.post('/api/v1/session', {
    data: { userName: user.name, password },
    headers: { origin: server.url },
  })
  // The default one may have public repositories of other tests: then everybody sees it.
  const named = (await api.createInstance({ regionId: 'cn-hangzhou' })).name
  for (const address of [
    repositoryAddress(repository, 'details'),
    `/cn-hangzhou/instance/${named}/repositories`,
    '/audit',
    '/users',
  ]) {
    expect((await theirs.goto(address))?.status(), address).toBe(404)
    await expect(theirs.getByRole('banner').getByRole('button', { name: /^Account/ })).toBeVisible()
    await expect(theirs.getByRole('heading', { level: 1 })).toBeVisible()
  }
  await context.close()
})

test('a toast lies over an open dialog, where a pointer reaches it, and is read there', async ({
  api,
  page,
  signIn,
}) => {
  const instance = await api.defaultInstance()
  const namespace = await api.createNamespace()
  await signIn()
  for (const size of [
    { width: 1440, height: 900 },
    { width: 390, height: 844 },
  ]) {
    await page.setViewportSize(size)
    await page.goto(`${instanceAddress(instance, 'namespaces')}?search=${namespace.name}`)
    await page.evaluate(() => {
      Object.defineProperty(navigator, 'clipboard', { value: undefined, configurable: true })
      Object.defineProperty(document, 'execCommand', { value: () => false })
    })
    await failOnce(page, 'POST', /\/api\/v1\/instances\/[^/]+\/namespaces$/, 500)
    await page.getByRole('button', { name: 'Create Namespace' }).first().click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('textbox').first().fill(uniqueName('n'))
    await dialog.getByRole('button', { name: 'Confirm' }).click()
    // A copy that fails says so in a toast while the dialog stays.
    await dialog.getByRole('button', { name: 'Copy the request ID' }).click()
    const toast = dialog.locator('[aria-live="polite"] .toast')
    await expect(toast).toBeVisible()
    const dismiss = toast.getByRole('button', { name: 'Dismiss' })
    const isHit = await dismiss.evaluate((button) => {
      const { x, y, width, height } = button.getBoundingClientRect()
      return button.contains(document.elementFromPoint(x + width / 2, y + height / 2))
    })
    expect(isHit).toBe(true)
    await dismiss.click()
    await expect(toast).toHaveCount(0)
    await expect(dialog).toBeVisible()
  }
})

test('a failure shows the id of its request: in a dialog, in place of a list, in a toast', async ({
  api,
  context,
  page,
  signIn,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  const instance = await api.defaultInstance()
  await signIn()
  let answered = ''
  page.on('response', (response) => {
    if (response.status() >= 400) answered = response.headers()['x-request-id'] ?? ''
  })
  const namespace = await api.createNamespace()
  await page.goto(instanceAddress(instance, 'namespaces'))
  await page.getByRole('button', { name: 'Create Namespace' }).first().click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('textbox').first().fill(uniqueName('n'))
  // The page sends to an instance that is not there.
  await page.route('**/api/v1/instances/*/namespaces', (route) =>
    route.request().method() === 'POST'
      ? route.continue({ url: route.request().url().replace(instance.id, 'cri-0000000000000000') })
      : route.continue(),
  )
  await dialog.getByRole('button', { name: 'Confirm' }).click()
  const alert = dialog.getByRole('alert')
  await expect(alert).toContainText('Request ID')
  expect(answered).toMatch(/^[0-9a-f-]{36}$/)
  await expect(alert.locator('code')).toHaveText(answered)
  await alert.getByRole('button', { name: 'Copy the request ID' }).click()
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(answered)
  await page.keyboard.press('Escape')

  // The error state of a page, and a toast.
  await failOnce(page, 'GET', /\/api\/v1\/instances\/[^/]+\/namespaces\?search=/, 500)
  await page.goto(`${instanceAddress(instance, 'namespaces')}?search=${namespace.name}`)
  await expect(page.getByRole('main').getByRole('alert')).toContainText('Request ID')
  await page.goto(overviewAddress(instance))
  await failOnce(page, 'PATCH', /\/api\/v1\/instances\/[^/]+$/, 500)
  await page.getByRole('switch', { name: 'Public log' }).click()
  await expect(page.getByRole('status').filter({ hasText: 'Request ID' })).toBeVisible()
})

test('each switch of Overview is shown as the call of the API that a press makes', async ({ api, page, signIn }) => {
  const instance = await api.createInstance()
  await signIn()
  await page.goto(overviewAddress(instance))
  const access = page.getByRole('region', { name: 'Access' })
  for (const [name, field] of [
    ['Pull from Anonymous Users', 'allowAnonymousPull'],
    ['Public log', 'isLogPublic'],
  ] as const) {
    const setting = access.locator('.setting').filter({ has: page.getByRole('switch', { name }) })
    const isOn = await setting.getByRole('switch').isChecked()
    await setting.getByRole('button', { name: 'Show as API call' }).click()
    const call = setting.getByRole('region', { name: 'API call' })
    await expect(call).toContainText(`/api/v1/instances/${instance.id}'`)
    await expect(call).toContainText(`{"${field}":${!isOn}}`)
    await setting.getByRole('switch').click()
    await expect(call).toContainText(`{"${field}":${isOn}}`)
    await setting.getByRole('button', { name: 'Hide API call' }).click()
    await expect(call).toHaveCount(0)
  }
})
