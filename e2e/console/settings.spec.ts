import type { Locator, Page, Request } from '@playwright/test'
import { expect, test } from '../fixtures'
import { failOnce, hold } from '../faults'
import { repositoryAddress } from '../pages/addresses'

test.beforeEach(async ({ signIn }) => signIn())

/** The console reads a repository by its name. */
const repositoryReadPath = /\/api\/v1\/instances\/[a-z0-9-]+\/repositories\/by-name\?/
const repositoryPath = /\/api\/v1\/repositories\/crr-[a-z0-9]+$/

test('type, Immutable, summary and description change together and survive a reload', async ({ api, page }) => {
  const repository = await api.createRepository({ type: 'PRIVATE' })
  const path = `${repository.namespace}/${repository.name}`
  await page.goto(repositoryAddress(repository, 'details'))
  const dialog = await openSettings(page)
  await expect(dialog.getByRole('radio', { name: 'Private' })).toBeChecked()
  await expect(dialog.getByRole('checkbox', { name: 'Immutable' })).toHaveAccessibleDescription(
    'All existing and new tags except latest cannot be overwritten.',
  )
  await dialog.getByRole('radio', { name: 'Public' }).check()
  await dialog.getByRole('checkbox', { name: 'Immutable' }).check()
  await dialog.getByLabel('Summary').fill('Payment service')
  await dialog.getByLabel('Description').fill('# Payments\n\nTalks to *the bank*.')
  await dialog.getByRole('button', { name: 'Confirm' }).click()
  await expect(dialog).toBeHidden()
  await expect(page.getByRole('status').filter({ hasText: `${path} is immutable` })).toBeVisible()

  for (const reload of [false, true]) {
    if (reload) await page.reload()
    await expect(fact(page, 'Repository Type')).toHaveText('Public')
    await expect(fact(page, 'Tag Immutability')).toContainText('Immutable')
    await expect(fact(page, 'Summary')).toHaveText('Payment service')
    await expect(fact(page, 'Modified')).toContainText('by admin')
    await expect(description(page).getByRole('heading', { name: 'Payments' })).toBeVisible()
  }
  expect(await api.repository(repository.id)).toMatchObject({
    type: 'PUBLIC',
    tagImmutability: true,
    summary: 'Payment service',
    description: '# Payments\n\nTalks to *the bank*.',
  })
})

test('Enter confirms, and only what was changed is sent', async ({ api, page }) => {
  const repository = await api.createRepository({ summary: 'Old', description: 'Kept' })
  await page.goto(repositoryAddress(repository, 'details'))
  const dialog = await openSettings(page)
  const [request] = await Promise.all([
    page.waitForRequest((sent) => sent.method() === 'PATCH'),
    dialog
      .getByLabel('Summary')
      .fill('New')
      .then(() => page.keyboard.press('Enter')),
  ])
  expect(request.postDataJSON()).toEqual({ summary: 'New' })
  expect(request.headers()['if-match']).toBeTruthy()
  await expect(dialog).toBeHidden()
  await expect(fact(page, 'Summary')).toHaveText('New')
})

test('the focus starts in the first field, stays in the dialog, and returns to Edit when it closes', async ({
  api,
  page,
}) => {
  const repository = await api.createRepository({ type: 'PUBLIC' })
  await page.goto(repositoryAddress(repository, 'details'))
  const edit = details(page).getByRole('button', { name: 'Edit' })
  const ways: ((dialog: Locator) => Promise<void>)[] = [
    () => page.keyboard.press('Escape'),
    (dialog) => dialog.getByRole('button', { name: 'Cancel' }).click(),
    (dialog) => dialog.getByRole('button', { name: 'Close' }).click(),
    async (dialog) => {
      await dialog.getByLabel('Summary').fill('Changed')
      await page.keyboard.press('Enter')
    },
  ]
  for (const close of ways) {
    const dialog = await openSettings(page)
    await expect(dialog.getByRole('radio', { name: 'Public' })).toBeFocused()
    for (let presses = 0; presses < 12; presses += 1) {
      await page.keyboard.press('Tab')
      // The browser's own buttons are the only other stop.
      expect(await page.evaluate(() => document.activeElement?.closest('dialog, body')?.tagName)).toMatch(
        /^(DIALOG|BODY)$/,
      )
    }
    await close(dialog)
    await expect(dialog).toBeHidden()
    await expect(edit).toBeFocused()
  }
})

test('Escape and Cancel change nothing, and what was typed is not there the next time', async ({ api, page }) => {
  const repository = await api.createRepository({ summary: 'As it was' })
  const changes = watchChanges(page)
  await page.goto(repositoryAddress(repository, 'details'))
  for (const leave of ['Escape', 'Cancel']) {
    const dialog = await openSettings(page)
    await expect(dialog.getByLabel('Summary')).toHaveValue('As it was')
    await expect(dialog.getByRole('checkbox', { name: 'Immutable' })).not.toBeChecked()
    await dialog.getByLabel('Summary').fill('Forgotten')
    await dialog.getByRole('checkbox', { name: 'Immutable' }).check()
    if (leave === 'Escape') {
      await page.keyboard.press('Escape')
      await dialog.getByRole('button', { name: 'Discard' }).click()
    } else await dialog.getByRole('button', { name: 'Cancel' }).click()
    await expect(dialog).toBeHidden()
  }
  await page.reload()
  await expect(fact(page, 'Summary')).toHaveText('As it was')
  expect(changes()).toEqual([])
  expect(await api.repository(repository.id)).toEqual(repository)
})

test('Escape and Back ask before they throw away what was typed', async ({ api, page }) => {
  const repository = await api.createRepository()
  await page.goto(repositoryAddress(repository, 'tags'))
  await page.getByRole('link', { name: 'Details' }).click()
  const dialog = await openSettings(page)
  const summary = dialog.getByLabel('Summary')
  await summary.click()
  await page.keyboard.type('Typed for an hour')
  const question = dialog.getByRole('alert').filter({ hasText: 'Discard what you typed?' })

  for (const leave of [() => page.keyboard.press('Escape'), () => page.evaluate(() => window.history.back())]) {
    await leave()
    await expect(question).toBeVisible()
    await expect(dialog.getByRole('button', { name: 'Keep Editing' })).toBeFocused()
    // An Enter or an Escape too many throws nothing away.
    await page.keyboard.press('Enter')
    await expect(question).toBeHidden()
    await expect(summary).toBeFocused()
    await expect(summary).toHaveValue('Typed for an hour')
  }
  await page.keyboard.press('Escape')
  await page.keyboard.press('Escape')
  await expect(question).toBeHidden()
  await expect(dialog).toBeVisible()
  await expect(page).toHaveURL(/\/details$/)

  await page.keyboard.press('Escape')
  await dialog.getByRole('button', { name: 'Discard' }).click()
  await expect(dialog).toBeHidden()
  await page.goBack()
  await expect(page).toHaveURL(/\/tags$/)
})

test('Confirm cannot be pressed twice: one change is sent, and after Escape a toast says how it ended', async ({
  api,
  page,
}) => {
  const repository = await api.createRepository()
  const held = await hold(page, 'PATCH', repositoryPath)
  await page.goto(repositoryAddress(repository, 'details'))
  const dialog = await openSettings(page)
  await dialog.getByLabel('Summary').fill('Once')
  const confirm = dialog.getByRole('button', { name: 'Confirm' })
  // Two presses before the page has had time for anything else, and some more while the answer is on its way.
  await confirm.evaluate((button: HTMLButtonElement) => {
    button.click()
    button.click()
  })
  await expect(confirm).toHaveAttribute('aria-busy', 'true')
  await confirm.click({ force: true })
  await dialog.getByLabel('Summary').press('Enter')
  await page.keyboard.press('Escape')
  await expect(dialog).toBeHidden()
  await expect(fact(page, 'Summary')).not.toHaveText('Once')
  held.release()
  await expect(page.getByRole('status').filter({ hasText: `${repository.name} was changed` })).toBeVisible()
  await expect(fact(page, 'Summary')).toHaveText('Once')
  expect(held.count()).toBe(1)
})

test('a failure of the server is told in the dialog, keeps what was typed, and Confirm tries again', async ({
  api,
  page,
}) => {
  const repository = await api.createRepository()
  await page.goto(repositoryAddress(repository, 'details'))
  await failOnce(page, 'PATCH', repositoryPath, 503)
  const dialog = await openSettings(page)
  await dialog.getByLabel('Summary').fill('Worth keeping')
  await dialog.getByRole('checkbox', { name: 'Immutable' }).check()
  await dialog.getByRole('button', { name: 'Confirm' }).click()
  await expect(dialog.getByRole('alert')).toContainText('The server cannot answer now. Nothing was changed.')
  await expect(dialog.getByLabel('Summary')).toHaveValue('Worth keeping')
  await expect(dialog.getByRole('checkbox', { name: 'Immutable' })).toBeChecked()
  expect(await api.repository(repository.id)).toEqual(repository)

  await dialog.getByRole('button', { name: 'Confirm' }).click()
  await expect(dialog).toBeHidden()
  expect(await api.repository(repository.id)).toMatchObject({ summary: 'Worth keeping', tagImmutability: true })
})

test('the dialog says so when the settings do not load, and Retry reads them', async ({ api, page }) => {
  const repository = await api.createRepository({ summary: 'There' })
  await page.goto(repositoryAddress(repository, 'details'))
  await expect(fact(page, 'Summary')).toHaveText('There')
  await failOnce(page, 'GET', repositoryReadPath, 500)
  const dialog = await openSettings(page)
  await expect(dialog.getByRole('alert')).toContainText('Something went wrong on the server. Its log says what.')
  await dialog.getByRole('button', { name: 'Retry' }).click()
  await expect(dialog.getByLabel('Summary')).toHaveValue('There')
})

test('settings are decided on what they are when the dialog opens, not when the page did', async ({ api, page }) => {
  const repository = await api.createRepository({ summary: 'When the page opened' })
  await page.goto(repositoryAddress(repository, 'details'))
  await expect(fact(page, 'Summary')).toHaveText('When the page opened')
  await api.updateRepository(repository.id, { summary: 'When the dialog opened', tagImmutability: true })
  const dialog = await openSettings(page)
  await expect(dialog.getByLabel('Summary')).toHaveValue('When the dialog opened')
  await expect(dialog.getByRole('checkbox', { name: 'Immutable' })).toBeChecked()
})

test.describe('what somebody else changed meanwhile is shown beside one’s own', () => {
  async function conflict(page: Page, dialog: Locator) {
    await dialog.getByLabel('Summary').fill('Mine')
    await dialog.getByRole('checkbox', { name: 'Immutable' }).check()
    await dialog.getByRole('button', { name: 'Confirm' }).click()
    await expect(dialog.getByRole('alert')).toContainText('Settings were not saved. admin changed this repository')
    const table = dialog.getByRole('table', { name: 'Settings that differ' })
    await expect(table.getByRole('row')).toHaveText([
      /Setting\s*Now\s*Yours/,
      /Repository Type\s*Public\s*You did not change it/,
      /Tag Immutability\s*Mutable\s*Immutable/,
      /Summary\s*Theirs\s*Mine/,
    ])
  }

  test('Use Yours keeps their other changes and saves one’s own', async ({ api, page }) => {
    const repository = await api.createRepository({ summary: 'Before' })
    await page.goto(repositoryAddress(repository, 'details'))
    const dialog = await openSettings(page)
    await expect(dialog.getByLabel('Summary')).toHaveValue('Before')
    await api.updateRepository(repository.id, { summary: 'Theirs', type: 'PUBLIC' })
    await conflict(page, dialog)
    expect(await api.repository(repository.id)).toMatchObject({ summary: 'Theirs', tagImmutability: false })

    await dialog.getByRole('button', { name: 'Use Yours' }).click()
    await expect(dialog).toBeHidden()
    await expect(fact(page, 'Summary')).toHaveText('Mine')
    await expect(fact(page, 'Repository Type')).toHaveText('Public')
    expect(await api.repository(repository.id)).toMatchObject({
      summary: 'Mine',
      tagImmutability: true,
      type: 'PUBLIC',
    })
  })

  test('Use Theirs goes on from theirs', async ({ api, page }) => {
    const repository = await api.createRepository({ summary: 'Before' })
    await page.goto(repositoryAddress(repository, 'details'))
    const dialog = await openSettings(page)
    await expect(dialog.getByLabel('Summary')).toHaveValue('Before')
    await api.updateRepository(repository.id, { summary: 'Theirs', type: 'PUBLIC' })
    await conflict(page, dialog)

    await expect(dialog.getByRole('button', { name: 'Use Theirs' })).toBeFocused()
    await page.keyboard.press('Enter')
    await expect(dialog.getByLabel('Summary')).toHaveValue('Theirs')
    await expect(dialog.getByRole('checkbox', { name: 'Immutable' })).not.toBeChecked()
    await dialog.getByLabel('Description').fill('After theirs')
    await dialog.getByRole('button', { name: 'Confirm' }).click()
    await expect(dialog).toBeHidden()
    expect(await api.repository(repository.id)).toMatchObject({
      summary: 'Theirs',
      description: 'After theirs',
      tagImmutability: false,
      type: 'PUBLIC',
    })
  })

  test('a second change meanwhile is a conflict again, and a failure then is told', async ({ api, page }) => {
    const repository = await api.createRepository({ summary: 'Before' })
    await page.goto(repositoryAddress(repository, 'details'))
    const dialog = await openSettings(page)
    await expect(dialog.getByLabel('Summary')).toHaveValue('Before')
    await api.updateRepository(repository.id, { summary: 'Theirs', type: 'PUBLIC' })
    await conflict(page, dialog)

    await api.updateRepository(repository.id, { summary: 'Theirs again' })
    await dialog.getByRole('button', { name: 'Use Yours' }).click()
    await expect(dialog.getByRole('row', { name: 'Summary' })).toHaveText(/Theirs again\s*Mine/)
    expect(await api.repository(repository.id)).toMatchObject({ summary: 'Theirs again' })

    await failOnce(page, 'PATCH', repositoryPath, 503)
    await dialog.getByRole('button', { name: 'Use Yours' }).click()
    await expect(dialog.getByRole('alert').filter({ hasText: 'The server cannot answer now.' })).toBeVisible()
    await dialog.getByRole('button', { name: 'Use Yours' }).click()
    await expect(dialog).toBeHidden()
    expect(await api.repository(repository.id)).toMatchObject({ summary: 'Mine', tagImmutability: true })
  })
})

test('a description is rendered from Markdown and can do nothing to its reader', async ({ api, page }) => {
  const repository = await api.createRepository({
    description: [
      '# Title\n\n| a | b |\n| - | - |\n| 1 | 2 |',
      '<script>window.harmed = 1</script><img src=x onerror="window.harmed = 2">',
      '<iframe src="https://evil.example"></iframe><a href="javascript:window.harmed = 3">raw</a>',
      '[scripted](javascript:window.harmed%20=%204) [data](data:text/html,<script>1</script>)',
      '![tracked](https://evil.example/pixel.png) [honest](https://example.com/)',
      '<svg onload="window.harmed = 5"></svg><style>body { display: none }</style>',
    ].join('\n\n'),
  })
  const elsewhere: string[] = []
  page.on('request', (request) => {
    if (request.url().includes('evil.example')) elsewhere.push(request.url())
  })
  await page.goto(repositoryAddress(repository, 'details'))
  const shown = description(page)
  await expect(shown.getByRole('heading', { name: 'Title' })).toBeVisible()
  await expect(shown.getByRole('cell', { name: '2' })).toBeVisible()
  await expect(shown.locator('script, img, iframe, svg, style, [onerror], [onload]')).toHaveCount(0)
  await expect(shown.getByRole('link')).toHaveText(['honest'])
  await expect(shown.getByRole('link')).toHaveAttribute('rel', /noopener/)
  for (const word of ['scripted', 'data']) await shown.getByText(word, { exact: true }).click()
  expect(await page.evaluate(() => 'harmed' in window)).toBe(false)
  expect(elsewhere).toEqual([])
})

async function openSettings(page: Page): Promise<Locator> {
  await details(page).getByRole('button', { name: 'Edit' }).click()
  return page.getByRole('dialog', { name: 'Modify Settings' })
}

function details(page: Page): Locator {
  return page.getByRole('region', { name: 'Details' })
}

function description(page: Page): Locator {
  return page.getByRole('region', { name: 'Description' })
}

/** The value of a fact of the Details section. */
function fact(page: Page, label: string): Locator {
  return details(page)
    .getByRole('term')
    .filter({ hasText: new RegExp(`^${label}$`) })
    .locator('xpath=following-sibling::dd')
}

/** Reads the changes that the page has sent so far. */
function watchChanges(page: Page): () => string[] {
  const sent: Request[] = []
  page.on('request', (request) => {
    if (request.method() !== 'GET') sent.push(request)
  })
  return () => sent.map((request) => `${request.method()} ${request.url()}`)
}
