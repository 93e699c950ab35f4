// `npm run gallery`: takes pictures of the console's main pages from a new server with sample data, into docs/gallery.
// With `-- --all` also in both languages and at 1024 px, into test-results/gallery, for review only.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { chromium } from '@playwright/test'
import { findBrowser } from './lib/browser.mjs'
import { findFreePort } from './lib/find-free-port.mjs'
import { makeSampleData } from './lib/sample-data.mjs'
import { build, prepare, root, say } from './lib/set-up.mjs'

/** The host name in the pictures. The browser gets its address directly, without DNS. */
const host = 'registry.example.com'
const origin = `http://${host}`

const password = 'only-for-the-gallery'
const accessKey = { id: 'Gallery0001', secret: 'only-for-the-gallery' }

const { values: options } = parseArgs({ options: { all: { type: 'boolean', default: false } } })

const sizes = [
  { width: 1440, height: 900 },
  ...(options.all ? [{ width: 1024, height: 768 }] : []),
  { width: 390, height: 844 },
]
const themes = ['light', 'dark']
const locales = options.all ? ['en', 'zh-CN'] : ['en']

const target = options.all ? join(root, 'test-results', 'gallery') : join(root, 'docs', 'gallery')

prepare()
await build()

const dataDir = await mkdtemp(join(tmpdir(), 'stele-gallery-'))
const port = await findFreePort()
say('Starting a server for the pictures')
const server = spawn(process.execPath, [join('dist', 'server.mjs')], {
  cwd: root,
  stdio: ['ignore', 'ignore', 'inherit'],
  env: {
    PATH: process.env.PATH,
    NODE_ENV: 'production',
    PORT: String(port),
    STELE_DATA_DIR: dataDir,
    STELE_ADMIN_PASSWORD: password,
    STELE_ADMIN_ACCESS_KEY_ID: accessKey.id,
    STELE_ADMIN_ACCESS_KEY_SECRET: accessKey.secret,
    STELE_DOMAIN: 'cr.example.com',
    STELE_LOG_LEVEL: 'error',
  },
})
try {
  const local = `http://127.0.0.1:${port}`
  await answers(`${local}/login`)
  say('Making sample data')
  const sample = await makeSampleData({
    origin: local,
    accessKey: `${accessKey.id}:${accessKey.secret}`,
    user: `admin:${password}`,
  })
  say('Taking pictures')
  await takePictures(pagesOf(sample))
} finally {
  server.kill()
  await once(server, 'exit')
  await rm(dataDir, { recursive: true })
}

/**
 * The pages, in the order of the gallery. `shown` is an element that is visible when the page is complete; `open`
 * continues from there, with the texts of the language.
 */
function pagesOf({ instanceId, emptyInstanceId, userId, hostilePath }) {
  const instance = `/cn-hangzhou/instance/${instanceId}`
  return [
    { name: 'log-on', title: 'Log On', path: '/login', shown: '[name=password]', isAnonymous: true },
    { name: 'instances', title: 'Instances', path: '/cn-hangzhou/instances', shown: '.card-link' },
    {
      name: 'repositories',
      title: 'Repositories',
      path: `${instance}/repositories`,
      shown: '.toolbar [role=combobox]',
    },
    { name: 'details', title: 'Details', path: `${instance}/repository/test/example/details`, shown: '.prose li' },
    {
      name: 'modify-settings',
      title: 'Modify Settings',
      path: `${instance}/repository/test/example/details`,
      shown: '.prose li',
      async open(page, words) {
        const section = page.getByRole('region', { name: words.details.title })
        await section.getByRole('button', { name: words.common.edit }).click()
        await page.getByRole('checkbox', { name: words.repositories.immutable }).check()
        await page.getByRole('dialog').getByText('nightly').waitFor()
      },
    },
    { name: 'tags', title: 'Tags', path: `${instance}/repository/platform/base-node/tags`, shown: 'tbody .digest' },
    {
      name: 'tag',
      title: 'A tag: what is in it, who pushed it, what is attached to it',
      path: `${instance}/repository/web/shop/tags/v1.9.3`,
      shown: '.timeline li',
    },
    {
      name: 'tag-history',
      title: 'A tag that has moved',
      path: `${instance}/repository/test/example/tags/nightly`,
      shown: '.timeline li',
    },
    {
      name: 'compare',
      title: 'Two tags compared',
      path: `${instance}/repository/web/shop/compare?before=v1.9.2&after=v1.9.3`,
      shown: 'tbody th',
    },
    {
      name: 'search',
      title: 'Search',
      path: `${instance}/repositories`,
      shown: 'tbody a',
      async open(page) {
        await page.keyboard.press('/')
        await page.keyboard.type('v1.9')
        await page.getByRole('option').filter({ hasText: 'v1.9.3' }).first().waitFor()
      },
    },
    {
      name: 'long-names',
      title: 'The longest names',
      path: `${instance}/repository/${hostilePath}/tags`,
      shown: 'tbody a',
    },
    {
      name: 'long-tag',
      title: 'A tag with the longest name and 120 steps',
      path: `${instance}/repository/${hostilePath}/tags`,
      shown: 'tbody a',
      async open(page) {
        await page.getByRole('link', { name: /release-2026/ }).click()
        await page.locator('.timeline li').first().waitFor()
      },
    },
    {
      name: 'activity',
      title: 'Activity',
      path: `${instance}/repository/payments/ledger-api/activity`,
      shown: 'tbody time',
    },
    {
      name: 'immutability',
      title: 'Immutability',
      path: `${instance}/repository/payments/ledger-api/immutability`,
      shown: 'tbody code',
    },
    {
      name: 'blocked-pushes',
      title: 'Blocked Pushes',
      path: `${instance}/blocked-pushes`,
      shown: 'tbody time',
    },
    {
      name: 'make-immutable',
      title: 'Make Immutable',
      path: `${instance}/repositories?namespace=web`,
      shown: 'tbody a',
      async open(page, words) {
        const box = words.bulk.selectNamed.replace('{name}', '')
        for (const one of await page.locator('tbody').getByRole('checkbox', { name: box }).all()) await one.check()
        await page.getByRole('button', { name: words.bulk.makeImmutable }).click()
        await page.getByRole('dialog').locator('.preview strong').first().waitFor()
      },
    },
    { name: 'namespaces', title: 'Namespaces', path: `${instance}/namespaces`, shown: 'tbody a' },
    { name: 'overview', title: 'Overview', path: instance, shown: '[role=switch]' },
    { name: 'access-control', title: 'Access Control', path: `${instance}/access-control`, shown: 'tbody a' },
    {
      name: 'grant-access',
      title: 'Grant Access',
      path: `${instance}/access-control`,
      shown: 'tbody a',
      async open(page, words) {
        await page.getByRole('button', { name: words.grants.create }).click()
        await page.getByRole('radio', { name: words.grants.scopeChoices.NAMESPACE }).check()
        await page.getByRole('dialog').getByRole('combobox', { name: words.grants.subject }).click()
        await page.getByRole('option', { name: 'li.na' }).waitFor()
      },
    },
    {
      name: 'access',
      title: 'Access to a repository',
      path: `${instance}/repository/payments/ledger-api/access`,
      shown: 'tbody a',
    },
    { name: 'credentials', title: 'Access Credential', path: `${instance}/credentials`, shown: 'tbody button' },
    { name: 'robots', title: 'Robots', path: '/robots', shown: 'tbody button' },
    { name: 'users', title: 'Users', path: '/users', shown: 'tbody a' },
    { name: 'user', title: 'A user', path: `/users/${userId}`, shown: 'tbody a' },
    { name: 'audit', title: 'Audit', path: '/audit', shown: 'tbody button' },
    {
      name: 'audit-event',
      title: 'An audit event',
      path: '/audit?targetType=INSTANCE&action=UPDATE',
      shown: 'tbody button',
      async open(page) {
        await page.locator('tbody button').first().click()
        await page.getByRole('dialog').locator('table').waitFor()
      },
    },
    { name: 'security', title: 'One’s own account', path: '/account/security', shown: 'tbody code' },
    { name: 'access-keys', title: 'Access Keys', path: '/account/access-keys', shown: 'tbody button' },
    {
      name: 'garbage-collection',
      title: 'Garbage Collection',
      path: '/maintenance/garbage-collection',
      shown: 'tbody time',
    },
    { name: 'scrub', title: 'Scrub', path: '/maintenance/scrub', shown: 'tbody time' },
    {
      name: 'empty',
      title: 'A list with nothing in it',
      path: `/us-east-1/instance/${emptyInstanceId}/namespaces`,
      shown: '.empty',
    },
  ]
}

async function takePictures(pages) {
  await mkdir(target, { recursive: true })
  for (const file of await readdir(target)) if (file.endsWith('.png')) await rm(join(target, file))
  const browser = await chromium.launch({
    executablePath: findBrowser() ?? undefined,
    args: ['--no-sandbox', `--host-resolver-rules=MAP ${host} 127.0.0.1:${port}`],
  })
  const storageState = await logOn(browser)
  for (const locale of locales) {
    const words = JSON.parse(readFileSync(join(root, 'lib', 'i18n', 'messages', `${locale}.json`), 'utf8'))
    for (const colorScheme of themes) {
      for (const viewport of sizes) {
        for (const { name, path, shown, open, isAnonymous } of pages) {
          const context = await browser.newContext({
            colorScheme,
            viewport,
            locale,
            reducedMotion: 'reduce',
            ...(!isAnonymous && { storageState }),
          })
          const page = await context.newPage()
          await page.goto(origin + path)
          await page.locator(shown).first().waitFor()
          await open?.(page, words)
          await page.waitForFunction(() =>
            [...globalThis.document.querySelectorAll('[aria-busy=true], .skeleton, .chart--loading')].every(
              (element) => element.getClientRects().length === 0,
            ),
          )
          const file = fileOf(options.all ? `${name}-${locale}` : name, viewport, colorScheme)
          await page.screenshot({ path: join(target, file), caret: 'hide' })
          await context.close()
        }
      }
    }
  }
  await browser.close()
  if (!options.all) await writeFile(join(target, 'README.md'), describe(pages))
}

async function logOn(browser) {
  const context = await browser.newContext()
  const page = await context.newPage()
  await page.goto(`${origin}/login`)
  await page.getByLabel('User name').fill('admin')
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Log On' }).click()
  await page.waitForURL(/\/instances$/)
  const state = await context.storageState()
  await context.close()
  return state
}

function fileOf(name, { width }, theme) {
  return `${name}-${width}-${theme}.png`
}

function describe(pages) {
  const [wide, narrow] = sizes
  const sections = pages.map(({ name, title }) => {
    const row = (theme) =>
      `| ![${title}, ${theme}](${fileOf(name, wide, theme)}) | ![${title}, ${theme}, narrow](${fileOf(name, narrow, theme)}) |`
    return [`## ${title}`, '', `| ${wide.width} px | ${narrow.width} px |`, '| --- | --- |', ...themes.map(row)].join(
      '\n',
    )
  })
  return [
    '# Gallery',
    'The main pages of the console. `npm run gallery` takes the pictures from a new server with sample data. Run it again after\na visible change, check every picture, and commit those that differ.',
    ...sections,
    '',
  ].join('\n\n')
}

async function answers(url) {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    if (
      await fetch(url).then(
        () => true,
        () => false,
      )
    )
      return
    if (server.exitCode !== null) throw new Error('the server ended')
    await wait(100)
  }
  throw new Error(`${url} does not answer`)
}
