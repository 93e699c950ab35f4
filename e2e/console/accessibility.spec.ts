import type { Locator, Page } from '@playwright/test'
import { audit, auditInBothWidths, screens, looks } from '../axe'
import { expect, pushImage, test } from '../fixtures'
import { instanceAddress, instancesAddress, overviewAddress, repositoryAddress } from '../pages/addresses'

const languages = {
  en: {
    edit: 'Edit',
    create: ['Create Instance', 'Create Namespace', 'Create Repository'],
    moreActions: 'More actions',
    delete: 'Delete',
    region: /^Region/,
    confirm: 'Confirm',
    summary: 'Summary',
    createUser: 'Create User',
    grant: 'Grant Access',
    aRepository: 'A repository',
    detailsOf: /^Details of /,
    changePassword: 'Change Password',
    setUp: 'Set Up',
    everywhere: 'Sign Out Everywhere',
    advanced: 'Advanced settings',
    checkPush: 'Check a Push',
    copyTag: 'Copy Tag…',
  },
  'zh-CN': {
    edit: '编辑',
    create: ['创建实例', '创建命名空间', '创建镜像仓库'],
    moreActions: '更多操作',
    delete: '删除',
    region: /^地域/,
    confirm: '确定',
    summary: '摘要',
    createUser: '创建用户',
    grant: '添加授权',
    aRepository: '一个镜像仓库',
    detailsOf: /的详情$/,
    changePassword: '修改密码',
    setUp: '设置',
    everywhere: '全部退出登录',
    advanced: '高级设置',
    checkPush: '检查推送',
    copyTag: '复制版本…',
  },
} as const

for (const [theme, locale] of looks) {
  const words = languages[locale]
  test(`axe finds nothing on any page or dialog: ${theme}, ${locale}`, async ({
    api,
    context,
    page,
    server,
    signIn,
  }) => {
    test.setTimeout(180_000)
    const instance = await api.createInstance({ regionId: 'me-central-1' })
    const repository = await api.createRepository({
      tagImmutability: true,
      summary: 'Payment service',
      description: '# Payments\n\nSee [the bank](https://example.com/).\n\n| a | b |\n| - | - |\n| 1 | `2` |',
    })
    for (const tag of ['v1', 'latest']) await pushImage(server, `test/${repository.name}`, tag)
    await page.emulateMedia({ reducedMotion: 'reduce' })
    await page.setViewportSize(screens.wide)
    await context.addCookies([
      { name: 'stele-theme', value: theme, url: server.url },
      { name: 'stele-locale', value: locale, url: server.url },
    ])

    await visit(page, '/login', page.getByRole('textbox').first())
    await page.getByRole('main').getByRole('button').last().click()
    await audit(page, 'the log-on page with errors')
    await signIn()

    const main = page.getByRole('main')
    await visit(page, instancesAddress(), main.getByRole('link', { name: 'example', exact: true }))
    await page.getByRole('banner').getByRole('button', { name: words.region }).click()
    await expect(page.getByRole('dialog').getByRole('link').first()).toBeVisible()
    await audit(page, 'the region selector')
    await page.keyboard.press('Escape')
    await page.keyboard.press('Control+k')
    const palette = page.getByRole('dialog')
    await expect(palette.getByRole('option').first()).toBeVisible()
    await audit(page, 'the search, before it')
    await palette.getByRole('combobox').fill(repository.name.slice(0, -1))
    await expect(palette.getByRole('option', { name: repository.name })).toBeVisible()
    await auditInBothWidths(page, 'the search')
    await page.keyboard.press('Escape')
    await openDialog(page, main.getByRole('button', { name: words.create[0] }), 'Create Instance')
    await visit(page, `${instancesAddress()}?view=table`, page.getByRole('rowheader').first())

    await visit(page, instanceAddress(instance, 'namespaces'), main.getByRole('heading', { level: 2 }))
    await openDialog(page, main.getByRole('button', { name: words.create[1] }).first(), 'Create Namespace')
    const home = await api.defaultInstance()
    await visit(page, instanceAddress(home, 'namespaces'), page.getByRole('rowheader').first())
    await visit(page, instanceAddress(instance, 'repositories'), main.getByRole('heading', { level: 2 }))
    await visit(
      page,
      `${instanceAddress(home, 'repositories')}?search=${repository.name}`,
      page.getByRole('rowheader').first(),
    )
    await page.getByRole('checkbox').last().check()
    await auditInBothWidths(page, 'a selection of repositories')
    await page.locator('.selection .button').first().click()
    await expect(page.getByRole('dialog').locator('.preview strong').first()).toBeVisible()
    await audit(page, 'Make Immutable')
    await page.keyboard.press('Escape')
    await openDialog(page, main.getByRole('button', { name: words.create[2] }), 'Create Repository')

    await visit(page, repositoryAddress(repository, 'tags'), page.getByRole('rowheader').first())
    await openDialog(page, main.getByRole('button', { name: `${words.delete} v1` }), 'Delete Tag')
    await pushImage(server, `test/${repository.name}`, 'latest', 'moved')
    await visit(page, `${repositoryAddress(repository, 'tags')}/latest`, main.locator('.timeline li').last())
    await openDialog(page, main.getByRole('button', { name: words.copyTag }), 'Copy Tag')
    await main
      .getByRole('button', { name: /^(?:Restore|恢复) [0-9a-f]{12}$/ })
      .first()
      .click()
    await expect(page.getByRole('dialog').getByRole('textbox')).toBeVisible()
    await audit(page, 'Restore Tag')
    await page.keyboard.press('Escape')
    await pushImage(server, `test/${repository.name}`, 'v2')
    await api.request('DELETE', `/repositories/${repository.id}/tags/v2?reason=Withdrawn`)
    const opening = { tag: 'v1', reason: 'To rebuild', minutes: 60 }
    await api.request('POST', `/repositories/${repository.id}/immutability/openings`, opening)
    await visit(page, repositoryAddress(repository, 'immutability'), page.getByRole('rowheader', { name: 'v2' }))
    await visit(page, repositoryAddress(repository, 'untagged'), main.getByRole('heading', { level: 2 }).first())
    await visit(page, repositoryAddress(repository, 'details'), main.getByText('See the bank'))
    await page.getByRole('button', { name: words.moreActions }).click()
    await audit(page, 'a menu')
    await page.getByRole('menuitem').click()
    await page.getByRole('dialog').getByRole('textbox').fill(repository.name)
    await page.keyboard.press('Enter')
    await expect(page.getByRole('dialog').getByRole('alert')).toBeVisible()
    await audit(page, 'Delete Repository, refused')
    await page.keyboard.press('Escape')

    await main.getByRole('button', { name: words.edit }).click()
    await page.getByRole('dialog').getByRole('button', { name: words.advanced }).click()
    await page.getByRole('dialog').getByRole('checkbox').uncheck()
    await expect(page.getByRole('dialog').getByRole('status')).toContainText('1')
    await page.getByRole('dialog').getByRole('checkbox').check()
    await page.getByRole('dialog').getByLabel(words.summary).fill('Mine')
    // A preview that is being read again is dimmed.
    await expect(page.getByRole('dialog').locator('[aria-busy=true]')).toHaveCount(0)
    await audit(page, 'Modify Settings')
    await api.updateRepository(repository.id, { summary: 'Theirs' })
    await page.getByRole('dialog').getByRole('button', { name: words.confirm }).click()
    await expect(page.getByRole('dialog').getByRole('table')).toBeVisible()
    await audit(page, 'Modify Settings, in conflict')

    await visit(
      page,
      repositoryAddress(repository, 'immutability'),
      main.getByRole('status').getByRole('listitem').first(),
    )
    await openDialog(page, main.getByRole('button', { name: words.checkPush }), 'Check a Push')

    const user = await api.createUser({ displayName: 'Li Na' })
    await api.createGrant({ subjectId: user.id, scopeId: repository.id, permission: 'PUSH' })
    await visit(page, `/users?search=${user.name}`, page.getByRole('rowheader').first())
    await openDialog(page, main.getByRole('button', { name: words.createUser }), 'Create User')
    await main.getByRole('table').getByRole('button').last().click()
    await audit(page, 'the menu of a user')
    await page.keyboard.press('Escape')
    await visit(page, `/users/${user.id}`, page.getByRole('rowheader').first())
    await visit(page, instanceAddress(instance, 'access-control'), main.getByRole('heading', { level: 2 }))
    await visit(
      page,
      `${instanceAddress(home, 'access-control')}?search=${user.name}`,
      page.getByRole('rowheader').first(),
    )
    await main.getByRole('button', { name: words.grant }).click()
    await page.getByRole('radio', { name: words.aRepository }).check()
    await page.getByRole('dialog').getByRole('button', { name: words.confirm }).click()
    await page.getByRole('dialog').getByRole('combobox').last().fill(user.name)
    await expect(page.getByRole('dialog').getByRole('option', { name: user.name })).toBeVisible()
    await audit(page, 'Grant Access with errors')
    await page.keyboard.press('Escape')
    await visit(page, repositoryAddress(repository, 'access'), page.getByRole('rowheader').first())

    await visit(page, '/nowhere', page.getByRole('heading', { level: 1 }))
  })

  test(`axe finds nothing on Overview, Audit and one’s own account: ${theme}, ${locale}`, async ({
    api,
    context,
    page,
    server,
    signIn,
  }) => {
    test.setTimeout(120_000)
    await page.emulateMedia({ reducedMotion: 'reduce' })
    await page.setViewportSize(screens.wide)
    await context.addCookies([
      { name: 'stele-theme', value: theme, url: server.url },
      { name: 'stele-locale', value: locale, url: server.url },
    ])
    await signIn()
    const main = page.getByRole('main')
    const dialog = page.getByRole('dialog')
    const instance = await api.createInstance()
    const anonymousPull = main.getByRole('switch').first()
    await visit(page, overviewAddress(instance), anonymousPull)
    await anonymousPull.click()
    await expect(anonymousPull).toBeChecked()
    await audit(page, 'Overview, anonymous pull allowed')

    const user = await api.createUser()
    await api.request('PATCH', `/users/${user.id}`, { displayName: 'Li Na' })
    await visit(page, `/audit?text=${user.name}`, main.getByRole('rowheader').first())
    await main.getByRole('button', { name: words.detailsOf }).first().click()
    await expect(dialog.getByRole('table')).toBeVisible()
    await audit(page, 'an audit event')
    await page.keyboard.press('Escape')
    await visit(page, '/audit?text=no-such-thing', main.getByRole('heading', { level: 2 }))

    await visit(page, '/account/security', main.getByRole('table'))
    for (const name of [words.changePassword, words.setUp]) {
      await openDialog(page, main.getByRole('button', { name, exact: true }), name)
    }
    await main.getByRole('button', { name: words.everywhere }).click()
    await expect(dialog.getByRole('button', { name: words.everywhere })).toBeVisible()
    await audit(page, 'Sign Out Everywhere')
  })

  test(`axe finds nothing on the pages of an image and of a comparison: ${theme}, ${locale}`, async ({
    api,
    context,
    page,
    server,
    signIn,
  }) => {
    test.setTimeout(120_000)
    const repository = await api.createRepository()
    for (const content of ['v1', 'moved']) await pushImage(server, `test/${repository.name}`, 'latest', content)
    await pushImage(server, `test/${repository.name}`, 'v1')
    await page.emulateMedia({ reducedMotion: 'reduce' })
    await page.setViewportSize(screens.wide)
    await context.addCookies([
      { name: 'stele-theme', value: theme, url: server.url },
      { name: 'stele-locale', value: locale, url: server.url },
    ])
    await signIn()
    const main = page.getByRole('main')

    await visit(
      page,
      `${repositoryAddress(repository, 'tags')}/latest`,
      main.locator('.layers code, .layers .muted').first(),
    )
    await main.locator('.section header .text-button').first().click()
    await expect(page.getByRole('dialog').locator('pre')).toBeVisible()
    await audit(page, 'Manifest')
    await page.keyboard.press('Escape')
    await main.locator('.timeline .move a').last().click()
    await expect(page).toHaveURL(/\/digests\/sha256:/)
    await expect(main.locator('.layers')).toBeVisible()
    await auditInBothWidths(page, 'a digest')
    const comparison = `${repositoryAddress(repository, 'compare')}?before=v1&after=latest`
    await visit(page, comparison, main.locator('.differences').first())
    await main.getByRole('button', { name: /v1$/ }).click()
    await page.getByRole('dialog').getByRole('combobox').click()
    await expect(page.getByRole('dialog').getByRole('option').first()).toBeVisible()
    await audit(page, 'Choose What Is Before')
  })
}

test('with the keyboard alone one can follow ACR’s eight steps', async ({ api, page, server }) => {
  const repository = await api.createRepository()
  const path = `test/${repository.name}`
  await page.goto('/')
  await expect(page.getByLabel('User name')).toBeFocused()
  await page.keyboard.type(server.admin.name)
  await tabTo(page, page.getByLabel('Password', { exact: true }))
  await page.keyboard.type(server.admin.password)
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { level: 1, name: 'Instances' })).toBeVisible()

  // The first stop of every page leads past the frame.
  await page.keyboard.press('Tab')
  await expect(page.getByRole('link', { name: 'Skip to content' })).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('main')).toBeFocused()
  await page.reload()

  await tabTo(page, page.getByRole('banner').getByRole('button', { name: /^Region/ }))
  await page.keyboard.press('Enter')
  const menu = page.getByRole('dialog', { name: 'Select a region' })
  await expect(menu.getByRole('searchbox')).toBeFocused()
  await tabTo(page, menu.getByRole('link', { name: 'China (Hangzhou)' }))
  await page.keyboard.press('Enter')
  await expect(menu).toBeHidden()

  await tabTo(page, page.getByRole('navigation').getByRole('link', { name: 'Instances', exact: true }).first())
  await page.keyboard.press('Enter')
  await tabTo(page, page.getByRole('main').getByRole('link', { name: 'example', exact: true }))
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { level: 1, name: 'example' })).toBeVisible()

  await tabTo(page, page.getByRole('list', { name: 'Repository' }).getByRole('link', { name: 'Repositories' }))
  await page.keyboard.press('Enter')
  await tabTo(page, page.getByRole('searchbox', { name: 'Search repositories' }))
  await page.keyboard.type(repository.name)
  await page.keyboard.press('Enter')
  await expect(page.getByRole('table', { name: 'Repositories' }).getByRole('rowheader')).toHaveCount(1)
  await tabTo(page, page.getByRole('link', { name: `Manage ${path}` }))
  await page.keyboard.press('Enter')

  const details = page.getByRole('region', { name: 'Details' })
  await tabTo(page, details.getByRole('button', { name: 'Edit' }))
  await page.keyboard.press('Enter')
  const dialog = page.getByRole('dialog', { name: 'Modify Settings' })
  await tabTo(page, dialog.getByRole('checkbox', { name: 'Immutable' }))
  await page.keyboard.press('Space')
  await tabTo(page, dialog.getByRole('button', { name: 'Confirm' }))
  await page.keyboard.press('Enter')
  await expect(dialog).toBeHidden()
  await expect(details).toContainText('Immutable')
  await expect(details.getByRole('button', { name: 'Edit' })).toBeFocused()
  expect(await api.repository(repository.id)).toMatchObject({ tagImmutability: true })
})

/** Opens a page and looks at it on a wide and on a narrow screen, once `shown` is there. */
async function visit(page: Page, address: string, shown: Locator): Promise<void> {
  await page.goto(address)
  await expect(shown).toBeVisible()
  await auditInBothWidths(page, address)
}

async function openDialog(page: Page, button: Locator, name: string): Promise<void> {
  await button.click()
  const dialog = page.getByRole('dialog')
  await expect(dialog.getByRole('textbox').first()).toBeVisible()
  await audit(page, name)
  await page.keyboard.press('Escape')
  await expect(dialog).toBeHidden()
}

/** Presses Tab until `target` has the focus. Fails when the focus has gone all the way round. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  await expect(target).toBeVisible()
  // Twice the stops of a full page of repositories: other tests fill the list.
  const stopsMax = 200
  for (let stops = 0; stops < stopsMax; stops += 1) {
    await page.keyboard.press('Tab')
    if (await target.evaluate((element) => element === document.activeElement)) return
  }
  throw new Error(`Tab does not lead to ${target.toString()}`)
}
