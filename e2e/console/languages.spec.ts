import type { Page } from '@playwright/test'
import { expect, test } from '../fixtures'
import { repositoryAddress } from '../pages/addresses'

/* The words of ACR's console, each in the place where its help pages put it. */
const words = {
  en: {
    instances: 'Instances',
    repository: 'Repository',
    repositories: 'Repositories',
    accessControl: 'Access Control',
    namespaces: 'Namespaces',
    actions: 'Actions',
    manage: 'Manage',
    details: 'Details',
    edit: 'Edit',
    modifySettings: 'Modify Settings',
    immutable: 'Immutable',
    confirm: 'Confirm',
    cancel: 'Cancel',
  },
  'zh-CN': {
    instances: '实例',
    repository: '仓库管理',
    repositories: '镜像仓库',
    accessControl: '访问控制',
    namespaces: '命名空间',
    actions: '操作',
    manage: '管理',
    details: '基本信息',
    edit: '编辑',
    modifySettings: '修改设置',
    immutable: '不可变',
    confirm: '确定',
    cancel: '取消',
  },
} as const

for (const [locale, word] of Object.entries(words)) {
  test.describe(() => {
    test.use({ locale })

    test(`in ${locale} ACR’s words are in their places`, async ({ api, page, signIn }) => {
      await signIn()
      const repository = await api.createRepository()
      const path = `test/${repository.name}`
      await page.goto('/')
      await expect(page.locator('html')).toHaveAttribute('lang', locale)
      await expect(page.getByRole('heading', { level: 1, name: word.instances })).toBeVisible()
      await page.getByRole('navigation').getByRole('link', { name: word.instances, exact: true }).first().click()
      await page.getByRole('main').getByRole('link', { name: 'example', exact: true }).click()

      const menu = page.getByRole('list', { name: word.repository, exact: true })
      await expect(menu.getByRole('link')).toHaveText([word.namespaces, word.repositories, word.accessControl])
      await menu.getByRole('link', { name: word.repositories }).click()
      await expect(page.getByRole('heading', { level: 1, name: word.repositories })).toBeVisible()
      await page.getByRole('searchbox').fill(repository.name)
      await expect(page.getByRole('columnheader').last()).toHaveText(word.actions)
      const manage = page.getByRole('link', { name: `${word.manage} ${path}` })
      await expect(manage).toHaveText(word.manage)
      await manage.click()

      const details = page.getByRole('region', { name: word.details })
      await details.getByRole('button', { name: word.edit }).click()
      const dialog = page.getByRole('dialog', { name: word.modifySettings })
      await dialog.getByRole('checkbox', { name: word.immutable }).check()
      await expect(dialog.getByRole('button', { name: word.cancel })).toBeVisible()
      await dialog.getByRole('button', { name: word.confirm }).click()
      await expect(details).toContainText(word.immutable)
    })
  })
}

test.describe(() => {
  // Not our Chinese, but Chinese.
  test.use({ locale: 'zh-TW' })

  test('the browser’s language is taken, and another one chosen stays', async ({ api, page, signIn }) => {
    await page.goto('/login')
    await expect(page.getByRole('heading', { name: '登录控制台' })).toBeVisible()
    await expect(page).toHaveTitle(/登录/)

    await signIn()
    const repository = await api.createRepository()
    const address = `${repositoryAddress(repository, 'tags')}?search=v1`
    await page.goto(address)
    await expect(page.getByRole('heading', { name: '没有找到结果' })).toBeVisible()
    await page.getByRole('button', { name: 'EN: switch to English' }).click()
    await expect(page.getByRole('heading', { name: 'Nothing found' })).toBeVisible()
    await expect(page).toHaveURL(address)
    await expect(page.locator('html')).toHaveAttribute('lang', 'en')
    await page.reload()
    await expect(page.getByRole('heading', { name: 'Nothing found' })).toBeVisible()
    await page.goto('/')
    await expect(page.getByRole('heading', { level: 1, name: 'Instances' })).toBeVisible()

    await page.getByRole('button', { name: '中文：切换到简体中文' }).click()
    await expect(page.getByRole('heading', { level: 1, name: '实例' })).toBeVisible()
  })
})

test('a theme chosen is in the server’s answer: no page begins in another one', async ({ page, signIn }) => {
  await page.emulateMedia({ colorScheme: 'light' })
  await signIn()
  await page.goto('/cn-hangzhou/instances')
  const light = await background(page)
  await choose(page, 'Follow System', 'Dark')
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark')
  const dark = await background(page)
  expect(dark).not.toBe(light)

  const served = await page.reload()
  expect(await served?.text()).toMatch(/<html[^>]* data-theme="dark"/)
  expect(await background(page)).toBe(dark)

  // Light stays light on a dark system, and the system is followed again when asked to be.
  await choose(page, 'Dark', 'Light')
  await page.emulateMedia({ colorScheme: 'dark' })
  await page.reload()
  expect(await background(page)).toBe(light)
  await choose(page, 'Light', 'Follow System')
  await expect(page.locator('html')).not.toHaveAttribute('data-theme')
  expect(await background(page)).toBe(dark)
  expect(await (await page.reload())?.text()).not.toContain('data-theme=')
  expect(await background(page)).toBe(dark)
})

async function choose(page: Page, from: string, to: string): Promise<void> {
  await page.getByRole('button', { name: `Theme: ${from}` }).click()
  await page.getByRole('menuitemradio', { name: to }).click()
}

function background(page: Page): Promise<string> {
  return page.evaluate(() => getComputedStyle(document.body).backgroundColor)
}
