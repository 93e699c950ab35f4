import type { Locator, Page } from '@playwright/test'
import { Api } from '../api'
import { audit } from '../axe'
import { expect, pushImage, test, uniqueName } from '../fixtures'
import { instanceAddress, instancesAddress, overviewAddress, repositoryAddress } from '../pages/addresses'
import { optionOf } from '../pages/combobox'

test.beforeEach(async ({ signIn }) => signIn())

const narrow = { width: 390, height: 844 }

test('rows of one line are 40 pixels high and rows of two lines 48, in every table', async ({
  page,
  signIn,
  startPrivateServer,
}) => {
  test.slow()
  // Without the long names of other tests.
  const server = await startPrivateServer()
  const api = new Api(server)
  await signIn(server)
  const home = await api.defaultInstance()
  const repository = await api.createRepository({ tagImmutability: true, summary: 'Payments' })
  for (const tag of ['v1', 'v2', 'latest']) await pushImage(server, `test/${repository.name}`, tag)
  const user = await api.createUser({ displayName: 'Li Na' })
  await api.createGrant({ subjectId: user.id, scopeId: repository.id, permission: 'PULL' })
  await api.request('POST', `/instances/${home.id}/robots`, { name: uniqueName('robot'), description: 'Builds' })
  await page.setViewportSize({ width: 1440, height: 900 })
  const pages = [
    `${instancesAddress()}?view=table`,
    instanceAddress(home, 'namespaces'),
    instanceAddress(home, 'repositories'),
    instanceAddress(home, 'access-control'),
    instanceAddress(home, 'credentials'),
    repositoryAddress(repository, 'tags'),
    repositoryAddress(repository, 'activity'),
    repositoryAddress(repository, 'access'),
    '/users',
    '/robots',
    '/audit',
  ]
  let measuredPages = 0
  for (const address of pages) {
    await page.goto(server.url + address)
    await expect(page.locator('table.stack[aria-busy=false] tbody th').first()).toBeVisible()
    const rows = await rowsOf(page)
    expect(rows.length, address).toBeGreaterThan(0)
    // A row that says more than that is as high as it needs to be.
    const measured = rows.filter((row) => row.lines <= 2)
    if (measured.length > 0) measuredPages += 1
    for (const { lines, height, text } of measured) {
      expect({ lines, height, text }, address).toEqual({ lines, height: lines === 1 ? 40 : 48, text })
    }
  }
  expect(measuredPages).toBeGreaterThan(pages.length / 2)
})

/** The rows of the tables of a page: their heights, and how many lines their fullest cell has. */
function rowsOf(page: Page): Promise<{ lines: number; height: number; text: string }[]> {
  return page.locator('table.stack tbody tr:not(.group)').evaluateAll((rows) =>
    rows.map((row) => {
      const lines = [...row.children].map((cell) => {
        const range = document.createRange()
        range.selectNodeContents(cell)
        const rects = [...range.getClientRects()].filter(({ width, height }) => width > 1 && height > 1 && height < 24)
        const middles = rects.map(({ top, height }) => top + height / 2).sort((one, other) => one - other)
        return middles.filter((middle, index) => index === 0 || middle - (middles[index - 1] ?? 0) > 8).length
      })
      return {
        lines: Math.max(...lines),
        height: Math.round(row.getBoundingClientRect().height),
        text: row.textContent.slice(0, 60),
      }
    }),
  )
}

test('in Chinese, no word of a column’s header is broken, however narrow the window', async ({
  api,
  context,
  page,
  server,
}) => {
  test.slow()
  await context.addCookies([{ name: 'stele-locale', value: 'zh-CN', url: server.url }])
  const home = await api.defaultInstance()
  const repository = await api.createRepository({ tagImmutability: true })
  for (const tag of ['v1', 'v2']) await pushImage(server, `test/${repository.name}`, tag)
  const tables = [
    `${instancesAddress()}?view=table`,
    instanceAddress(home, 'repositories'),
    repositoryAddress(repository, 'tags'),
    `${repositoryAddress(repository, 'tags')}/v1`,
    `${repositoryAddress(repository, 'compare')}?before=v1&after=v2`,
    '/users',
    '/audit',
  ]
  for (const address of tables) {
    await page.goto(address)
    await expect(page.locator('table:not([aria-busy=true]) tbody th').first(), address).toBeAttached()
    for (const width of [1024, 800, 390]) {
      await page.setViewportSize({ width, height: 800 })
      expect(await brokenWords(page), `${address} at ${width} px`).toEqual([])
    }
  }
})

/** The words in the heads of a page's tables that take more than one line. */
function brokenWords(page: Page): Promise<string[]> {
  return page.locator('thead').evaluateAll((heads) =>
    heads.flatMap((head) => {
      const texts = document.createTreeWalker(head, NodeFilter.SHOW_TEXT)
      const broken: string[] = []
      while (texts.nextNode()) {
        for (const { index, 0: word } of (texts.currentNode.textContent ?? '').matchAll(/[^\s/]+/g)) {
          const range = document.createRange()
          range.setStart(texts.currentNode, index)
          range.setEnd(texts.currentNode, index + word.length)
          if (new Set([...range.getClientRects()].map(({ top }) => top)).size > 1) broken.push(word)
        }
      }
      return broken
    }),
  )
}

test('the eye is in the middle of its field, on every screen', async ({ browser, page, server }) => {
  const guest = await browser.newPage({ baseURL: server.url })
  for (const size of [{ width: 1440, height: 900 }, narrow]) {
    await guest.setViewportSize(size)
    await guest.goto('/login')
    await expectCentredEyes(guest.locator('.reveal'))
    await page.setViewportSize(size)
    await page.goto('/account/security')
    await page.getByRole('button', { name: 'Change Password' }).click()
    await expect(page.locator('.reveal')).toHaveCount(3)
    await expectCentredEyes(page.locator('.reveal'))
  }
  await guest.close()
})

async function expectCentredEyes(fields: Locator): Promise<void> {
  const distances = await fields.evaluateAll((all) =>
    all.map((field) => {
      const middles = ['input', '.icon'].map((selector) => {
        const box = field.querySelector(selector)?.getBoundingClientRect()
        return box ? box.top + box.height / 2 : NaN
      })
      return Math.abs((middles[0] ?? NaN) - (middles[1] ?? NaN))
    }),
  )
  expect(distances.length).toBeGreaterThan(0)
  for (const distance of distances) expect(distance).toBeLessThanOrEqual(1)
}

test('commands wrap on a phone: nothing is cut or under the copy button, and the copy has no line breaks of its own', async ({
  api,
  context,
  page,
  server,
}) => {
  test.slow()
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  await page.setViewportSize(narrow)
  const home = await api.defaultInstance()
  const empty = await api.createInstance()
  const repository = await api.createRepository({
    name: `${uniqueName('a-rather-long-name-of-a-repository')}/with-a-second-part`,
    tagImmutability: true,
  })
  await pushImage(server, `test/${repository.name}`, 'v1')
  const pages: Record<string, (() => Promise<unknown>) | null> = {
    [repositoryAddress(repository, 'details')]: null,
    [`${repositoryAddress(repository, 'tags')}/v1`]: null,
    [repositoryAddress(repository, 'immutability')]: null,
    [overviewAddress(empty)]: null,
    [instanceAddress(home, 'credentials')]: () => page.getByRole('button', { name: 'Connect' }).first().click(),
    [`${instanceAddress(home, 'repositories')}?namespace=test`]: async () => {
      await page.getByRole('button', { name: 'Create Repository' }).click()
      await page.getByRole('dialog').getByLabel('Repository Name').fill(repository.name)
      await page.getByRole('dialog').getByRole('button', { name: 'Show as API call' }).click()
    },
    '/docs/addresses': null,
    '/docs/api/createRepository': null,
  }
  for (const [address, open] of Object.entries(pages)) {
    await page.goto(address)
    await open?.()
    const isInDialog = open !== null
    const blocks = (isInDialog ? page.getByRole('dialog') : page).locator('.code:visible')
    await expect(blocks.first(), address).toBeVisible()
    for (const block of await blocks.all()) {
      const { isCut, isUnderButton, text } = await block.evaluate((code) => {
        /** Where the words end: a space at the end of a line may hang beyond it. */
        function wordsOf(element: Element): number[] {
          const ends: number[] = []
          const texts = document.createTreeWalker(element, NodeFilter.SHOW_TEXT)
          while (texts.nextNode()) {
            for (const { index, 0: word } of (texts.currentNode.textContent ?? '').matchAll(/\S+/g)) {
              const range = document.createRange()
              range.setStart(texts.currentNode, index)
              range.setEnd(texts.currentNode, index + word.length)
              ends.push(...[...range.getClientRects()].map((rect) => rect.right))
            }
          }
          return ends
        }
        const pre = code.querySelector('pre')
        const button = code.querySelector('button')
        if (!pre || !button) throw new Error('no command or no copy button')
        const right = Math.max(...wordsOf(pre))
        const copy = pre.cloneNode(true) as HTMLElement
        for (const prompt of copy.querySelectorAll('.prompt')) prompt.remove()
        return {
          isCut: pre.scrollWidth > pre.clientWidth || pre.scrollHeight > pre.clientHeight || right > innerWidth,
          isUnderButton: right > button.getBoundingClientRect().left + 1,
          text: copy.textContent,
        }
      })
      expect({ isCut, isUnderButton }, `${address}: ${text}`).toEqual({ isCut: false, isUnderButton: false })
      await block.getByRole('button').click({ timeout: 10_000 })
      expect(await page.evaluate(() => navigator.clipboard.readText()), address).toBe(text)
    }
    expect(await page.evaluate(() => document.documentElement.scrollWidth), address).toBeLessThanOrEqual(narrow.width)
  }
})

test('Cancel of a conflict leads back to what was typed, by pointer and keyboard, and asks again when it is saved', async ({
  api,
  page,
}) => {
  const repository = await api.createRepository({ summary: 'Before' })
  await page.goto(repositoryAddress(repository, 'details'))
  await page.getByRole('region', { name: 'Details' }).getByRole('button', { name: 'Edit' }).click()
  const dialog = page.getByRole('dialog')
  const summary = dialog.getByLabel('Summary')
  await summary.fill('Mine')
  await api.updateRepository(repository.id, { summary: 'Theirs' })
  const differences = dialog.getByRole('table', { name: 'Settings that differ' })
  for (const leave of [
    () => dialog.getByRole('button', { name: 'Cancel' }).click(),
    () => page.keyboard.press('Escape'),
    async () => {
      await page.keyboard.press('Shift+Tab')
      await page.keyboard.press('Enter')
    },
  ]) {
    await summary.press('Enter')
    await expect(differences.getByRole('row', { name: 'Summary' })).toHaveText(/Theirs\s*Mine/)
    await expect(dialog.getByRole('button', { name: 'Use Theirs' })).toBeFocused()
    await leave()
    await expect(differences).toBeHidden()
    await expect(summary).toHaveValue('Mine')
    await expect(summary).toBeFocused()
    expect(await api.repository(repository.id)).toMatchObject({ summary: 'Theirs' })
  }
  await summary.press('Enter')
  await dialog.getByRole('button', { name: 'Use Yours' }).click()
  await expect(dialog).toBeHidden()
  expect(await api.repository(repository.id)).toMatchObject({ summary: 'Mine' })
})

for (const [locale, words] of Object.entries({
  en: {
    since: 'Since',
    choose: 'Choose the first day',
    month: 'January 2026',
    day: /January 15(th)?, 2026/,
    format: 'YYYY-MM-DD',
    wrong: 'Type a day such as',
  },
  'zh-CN': {
    since: '起始',
    choose: '选择开始日期',
    month: '2026年1月',
    day: /2026年1月15日/,
    format: '年-月-日',
    wrong: '请输入日期',
  },
})) {
  test(`a day is typed or chosen in the language of the console, whatever that of the browser: ${locale}`, async ({
    browser,
    context,
    server,
    api,
  }) => {
    await api.defaultInstance()
    const german = await browser.newContext({ baseURL: server.url, locale: 'de-DE' })
    await german.addCookies([...(await context.cookies()), { name: 'stele-locale', value: locale, url: server.url }])
    const page = await german.newPage()
    // Without events below: what the calendar half covers would be too small for axe.
    await page.goto('/audit?to=2026-01-31')
    const field = page.getByRole('textbox', { name: words.since })
    await expect(field).toHaveAttribute('placeholder', words.format)
    await field.fill('2026/1/5')
    await field.press('Enter')
    await expect(page).toHaveURL(/from=2026-01-05/)
    await expect(field).toHaveValue('2026-01-05')
    await field.fill('31.12.')
    await field.press('Enter')
    await expect(field).toHaveAttribute('aria-invalid', 'true')
    await expect(field).toHaveAccessibleDescription(new RegExp(words.wrong))
    await expect(page).toHaveURL(/from=2026-01-05/)
    await field.fill('2026-01-05')

    // By keyboard: the focus is on the day, goes ten days on, and comes back to the button.
    const button = page.getByRole('button', { name: words.choose })
    await button.press('Enter')
    const calendar = page.getByRole('dialog', { name: words.choose })
    await expect(calendar.getByRole('grid')).toHaveAccessibleName(new RegExp(words.month.split(' ')[0] ?? ''))
    await expect(calendar.locator('button:focus')).toHaveText('5')
    await audit(page, 'the calendar')
    await page.keyboard.press('ArrowDown')
    for (let days = 0; days < 3; days += 1) await page.keyboard.press('ArrowRight')
    await expect(calendar.locator('button:focus')).toHaveAccessibleName(words.day)
    await page.keyboard.press('Enter')
    await expect(calendar).toBeHidden()
    await expect(field).toHaveValue('2026-01-15')
    await expect(page).toHaveURL(/from=2026-01-15/)
    await expect(button).toBeFocused()
    await button.press('Enter')
    await expect(calendar.getByRole('grid')).toBeVisible()
    await page.keyboard.press('Escape')
    await expect(calendar).toBeHidden()
    await field.fill('')
    await expect(page).not.toHaveURL(/from=/)
    await german.close()
  })
}

test('one of many is searched for at the server and chosen by keyboard alone', async ({ api, page }) => {
  const instance = await api.createInstance()
  for (const name of ['alpha', 'beta', 'gamma']) await api.createNamespace({ name }, instance.id)
  await page.goto(instanceAddress(instance, 'repositories'))
  await page.getByRole('button', { name: 'Create Repository' }).first().click()
  const dialog = page.getByRole('dialog')
  const field = dialog.getByRole('combobox', { name: 'Namespace' })
  await expect(field).toBeFocused()
  await expect(field).toHaveAttribute('aria-expanded', 'false')

  await page.keyboard.press('ArrowDown')
  await expect(field).toHaveAttribute('aria-expanded', 'true')
  await expect(dialog.getByRole('option')).toHaveText(['alpha', 'beta', 'gamma'])
  await expect(active(field)).toHaveText('alpha')
  await page.keyboard.press('ArrowUp')
  await expect(active(field)).toHaveText('gamma')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('ArrowDown')
  await expect(active(field)).toHaveText('beta')
  await page.keyboard.press('Enter')
  await expect(field).toHaveValue('beta')
  await expect(dialog.getByRole('listbox')).toBeHidden()

  // Escape closes the list, not the dialog, and what was chosen stays.
  const [request] = await Promise.all([
    page.waitForRequest((sent) => sent.url().includes('search=gam')),
    field.pressSequentially('gam'),
  ])
  expect(new URL(request.url()).pathname).toMatch(/\/namespaces$/)
  await page.keyboard.press('Escape')
  await expect(dialog.getByRole('listbox')).toBeHidden()
  await expect(dialog).toBeVisible()
  await expect(field).toHaveValue('beta')

  await field.fill('gam')
  await expect(dialog.getByRole('option')).toHaveText(['gamma'])
  await audit(page, 'a list to choose from')
  await page.keyboard.press('Enter')
  await expect(field).toHaveValue('gamma')
  await field.fill('nothing')
  await expect(dialog.getByRole('status').filter({ hasText: 'Nothing found' })).toBeAttached()
  await page.keyboard.press('Escape')
  // The list is over the dialog, within the window, at the width of its field.
  await page.setViewportSize(narrow)
  await field.click()
  await expect(optionOf(dialog, 'gamma')).toBeVisible()
  const [list, box] = [await dialog.locator('.combobox-popup').boundingBox(), await field.boundingBox()]
  expect(list?.width).toBeCloseTo(box?.width ?? 0, 0)
})

/** The option that the field says is active. */
function active(field: Locator): Locator {
  return field.page().locator('[role=option][aria-selected=true]')
}

test('whether pulls are counted is set when a user or a robot is made', async ({ api, page }) => {
  const name = uniqueName('scanner')
  await page.goto('/users')
  await page.getByRole('button', { name: 'Create User' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('User Name').fill(name)
  await dialog.getByRole('textbox', { name: 'Password', exact: true }).fill('a-long-enough-secret')
  await dialog.getByRole('textbox', { name: 'Confirm Password' }).fill('a-long-enough-secret')
  await expect(dialog.getByRole('checkbox', { name: 'Count pulls' })).toBeChecked()
  await dialog.getByRole('checkbox', { name: 'Count pulls' }).uncheck()
  await dialog.getByRole('button', { name: 'Confirm' }).click()
  await expect(dialog).toBeHidden()

  await page.getByRole('button', { name: 'Invite User' }).click()
  await dialog.getByLabel('User Name').fill(`${name}-invited`)
  await dialog.getByRole('radio', { name: 'Nothing yet' }).check()
  await dialog.getByRole('checkbox', { name: 'Count pulls' }).uncheck()
  await dialog.getByRole('button', { name: 'Confirm' }).click()
  await dialog.getByRole('button', { name: 'Done' }).click()
  const users = (await (await api.request('GET', `/users?search=${name}`)).json()) as Listed
  expect(users.items.map(({ arePullsCounted }) => arePullsCounted)).toEqual([false, false])

  const home = await api.defaultInstance()
  await page.goto(instanceAddress(home, 'credentials'))
  await page.getByRole('button', { name: 'Create Robot' }).first().click()
  await dialog.getByLabel('Robot Name').fill(name)
  await dialog.getByRole('checkbox', { name: 'Count pulls' }).uncheck()
  await dialog.getByRole('button', { name: 'Confirm' }).click()
  await expect(dialog.getByRole('heading', { name: `Robot robot+${name} was created` })).toBeVisible()
  const robots = (await (await api.request('GET', `/robots?search=${name}`)).json()) as Listed
  expect(robots.items.map(({ arePullsCounted }) => arePullsCounted)).toEqual([false])
})

interface Listed {
  items: { arePullsCounted: boolean }[]
}
