import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { type CDPSession, type Page, chromium } from '@playwright/test'
import { findBrowser } from '@/scripts/lib/browser.mjs'
import { findFreePort } from '@/scripts/lib/find-free-port.mjs'
import { median } from './measure'
import { numberText, print, printTable } from './report'

/**
 * `node --import tsx bench/console.ts --checkouts <before>,<after>` measures the console of built checkouts in turns, in a
 * browser, on a database with 2,500 repositories and 100,000 tags, nearly all of them in one repository: what a first
 * visit loads and when it shows its content, the memory of scripts, and how long a press on a row takes. docs/benchmarks.md
 * has the tables.
 *
 *     --data <folder>   one that this made before; otherwise it is made, and removed at the end
 *     --rounds 5        how often each page of each checkout is measured
 */
const { values: options } = parseArgs({
  options: {
    checkouts: { type: 'string', default: join(import.meta.dirname, '..') },
    data: { type: 'string' },
    rounds: { type: 'string', default: '5' },
  },
})

const root = join(import.meta.dirname, '..')
const admin = { name: 'admin', password: 'only-for-the-bench' }

/** Of scripts/lib/fill-database.ts. */
const instance = '/cn-hangzhou/instance/cri-0000000000000big'
const repository = `${instance}/repository/team-0/app-0`

/** The pages, each with what it shows when its content is there, in the order in which a person would open them. */
const pages = {
  Instances: { path: '/cn-hangzhou/instances', shown: 'main a[href*="/instance/"]' },
  Overview: { path: instance, shown: 'main .figures, main [role=slider]' },
  Repositories: { path: `${instance}/repositories`, shown: 'main table tbody a' },
  'Repository > Details': { path: `${repository}/details`, shown: 'main .facts code' },
  'Repository > Tags': { path: `${repository}/tags`, shown: 'main table tbody a' },
} as const

/** A broadband connection. */
const network = { offline: false, latency: 40, downloadThroughput: 10e6 / 8, uploadThroughput: 5e6 / 8 }

/** How long a page is left alone after its content is there, in milliseconds: prefetches come late. */
const settleMs = 1500

/** How long a page may take, in milliseconds: the machine may do other things. */
const timeoutMs = 60_000

/** How long a pointer rests on a link before it presses, in milliseconds. */
const aimMs = 200

/** What was measured of one checkout: samples by what they are of. */
type Samples = Map<string, number[]>

const folder = options.data ?? (await mkdtemp(join(tmpdir(), 'stele-bench-console-')))
const executablePath = findBrowser()
const browser = await chromium.launch({
  ...(executablePath === null ? {} : { executablePath }),
  args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
})
try {
  if (options.data === undefined) await makeDatabase()
  const checkouts = options.checkouts.split(',').map((checkout) => resolve(checkout))
  const measured = new Map(checkouts.map((checkout) => [checkout, new Map<string, number[]>()] as const))
  for (let round = 0; round < Number(options.rounds); round += 1) {
    // A B, then B A: what else the machine does falls on both.
    for (const checkout of round % 2 === 0 ? checkouts : checkouts.toReversed()) {
      await measure(checkout, measured.get(checkout) ?? new Map<string, number[]>())
      process.stderr.write(`${checkout}: round ${round + 1}\n`)
    }
  }
  printResults(checkouts, measured)
} finally {
  await browser.close()
  if (options.data === undefined) await rm(folder, { recursive: true, force: true })
}

async function makeDatabase(): Promise<void> {
  const counts = ['--repositories', '2500', '--tags', '100000', '--manifests', '20000', '--shape', 'one']
  const making = spawn(process.execPath, ['--import', 'tsx', 'scripts/big-database.ts', '--dir', folder, ...counts], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  if ((await ended(making)) !== 0) throw new Error('the database was not made')
}

function ended(child: ChildProcess): Promise<number | null> {
  return new Promise((resolved) => child.once('close', resolved))
}

async function measure(checkout: string, samples: Samples): Promise<void> {
  const port = await findFreePort()
  const url = `http://127.0.0.1:${port}`
  const server = spawn(process.execPath, [join('dist', 'server.mjs')], {
    cwd: checkout,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      PATH: process.env['PATH'],
      NODE_ENV: 'production',
      PORT: String(port),
      HOST: '127.0.0.1',
      STELE_PROCESSES: '1',
      STELE_DATA_DIR: folder,
      STELE_ADMIN_PASSWORD: admin.password,
      STELE_LOG_LEVEL: 'warn',
    },
  })
  try {
    while (
      !(await fetch(`${url}/readyz`).then(
        ({ ok }) => ok,
        () => false,
      ))
    ) {
      if (server.exitCode !== null) throw new Error(`the server of ${checkout} did not start`)
      await setTimeout(50)
    }
    // The first answers of a server are slow; they are not what is measured.
    await visit(url, new Map())
    await visit(url, samples)
  } finally {
    server.kill('SIGTERM')
    await ended(server)
  }
}

/** Opens each page in a browser that has nothing cached, then walks through them as a person would. */
async function visit(url: string, samples: Samples): Promise<void> {
  for (const [name, { path, shown }] of Object.entries(pages)) {
    await inNewContext(url, async (page, client) => {
      const loaded = watchLoads(client)
      // Not until its end: prefetches may still wait then.
      await page.goto(url + path, { waitUntil: 'commit' })
      await page.locator(shown).first().waitFor()
      await page.waitForTimeout(settleMs)
      add(samples, `${name}: script, kB`, loaded.script / 1000)
      add(samples, `${name}: all, kB`, loaded.all / 1000)
      add(samples, `${name}: requests`, loaded.requests)
      add(samples, `${name}: of these for pages nobody opened`, loaded.prefetches)
      add(samples, `${name}: LCP, ms`, await page.evaluate(largestContentfulPaint))
      await client.send('HeapProfiler.collectGarbage')
      const { usedSize } = (await client.send('Runtime.getHeapUsage')) as { usedSize: number }
      add(samples, `${name}: memory of scripts, MB`, usedSize / 1e6)
    })
  }
  await inNewContext(url, async (page) => {
    await page.goto(url + pages.Repositories.path, { waitUntil: 'commit' })
    await page.locator(pages.Repositories.shown).first().waitFor()
    await page.waitForTimeout(settleMs)
    const take = async (name: string, shown: Shown, act: () => Promise<unknown>) => {
      await page.evaluate(watchFor, shown)
      await act()
      add(samples, name, await page.evaluate(() => window.benchTaken))
      await page.waitForTimeout(settleMs)
    }
    const press = async (name: string, link: string, shown: Shown) => {
      await page.locator(link).first().hover()
      await page.waitForTimeout(aimMs)
      await take(name, shown, async () => {
        await page.mouse.down()
        await page.mouse.up()
      })
    }
    const rows = { selector: 'main table tbody a', text: '' }
    await press('a row of Repositories → the heading of its page, ms', rows.selector, {
      selector: 'main h1',
      text: '/',
    })
    await press('Tags → rows, ms', '.subpane a[href$="/tags"]', { selector: 'main a.tag-name', text: '' })
    await press('a row of Tags → facts of the tag, ms', 'main a.tag-name', {
      selector: 'main .facts code',
      text: 'sha256',
    })
    await take('back to Tags → rows, ms', { selector: 'main a.tag-name', text: '' }, () =>
      page.evaluate(() => {
        window.benchStart = performance.now()
        history.back()
      }),
    )
    await press('back to Repositories by its link → rows, ms', '.pane a[href$="/repositories"]', rows)
  })
}

/** What is on a page when a person sees what they asked for. */
interface Shown {
  readonly selector: string
  readonly text: string
}

declare global {
  interface Window {
    benchStart: number
    benchTaken: Promise<number>
  }
}

/** In the page: the time from the next press, or from `benchStart`, until an element that was not there is shown. */
function watchFor({ selector, text }: Shown): void {
  const old = new Set(document.querySelectorAll(selector))
  const heading = document.querySelector('main h1')?.textContent
  window.benchStart = 0
  addEventListener('click', () => (window.benchStart = performance.now()), { capture: true, once: true })
  window.benchTaken = new Promise((resolved) => {
    const look = () => {
      const isThere = [...document.querySelectorAll(selector)].some(
        (element) =>
          (!old.has(element) || (selector.endsWith('h1') && element.textContent !== heading)) &&
          element.textContent.includes(text),
      )
      if (isThere && window.benchStart > 0) resolved(performance.now() - window.benchStart)
      else requestAnimationFrame(look)
    }
    look()
  })
}

/** In the page: when its largest text or picture was painted, in milliseconds after it was asked for. */
function largestContentfulPaint(): Promise<number> {
  return new Promise((resolved) => {
    new PerformanceObserver((list) => resolved(list.getEntries().at(-1)?.startTime ?? Number.NaN)).observe({
      type: 'largest-contentful-paint',
      buffered: true,
    })
  })
}

async function inNewContext(url: string, use: (page: Page, client: CDPSession) => Promise<void>): Promise<void> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'en-US' })
  try {
    const response = await context.request.post(`${url}/api/v1/session`, {
      headers: { origin: url },
      data: { userName: admin.name, password: admin.password },
    })
    if (!response.ok()) throw new Error(`log-on refused: ${response.status()}`)
    // What tsx puts into functions that are sent to the page.
    await context.addInitScript('globalThis.__name = (it) => it')
    const page = await context.newPage()
    page.setDefaultTimeout(timeoutMs)
    const client = await context.newCDPSession(page)
    await client.send('Network.enable')
    await client.send('Network.emulateNetworkConditions', network)
    await use(page, client)
  } finally {
    await context.close()
  }
}

/** Counts what a page loads, as sent over the network. */
function watchLoads(client: CDPSession) {
  const kinds = new Map<string, string>()
  const counted = { script: 0, all: 0, requests: 0, prefetches: 0 }
  client.on('Network.requestWillBeSent', ({ requestId, type = '', request }) => {
    kinds.set(requestId, type)
    counted.requests += 1
    if (Object.keys(request.headers).some((name) => name.toLowerCase() === 'next-router-prefetch'))
      counted.prefetches += 1
  })
  client.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    counted.all += encodedDataLength
    if (kinds.get(requestId) === 'Script') counted.script += encodedDataLength
  })
  return counted
}

function add(samples: Samples, name: string, value: number): void {
  samples.set(name, [...(samples.get(name) ?? []), value])
}

function printResults(checkouts: readonly string[], measured: ReadonlyMap<string, Samples>): void {
  const names = [...(measured.get(checkouts[0] ?? '')?.keys() ?? [])]
  const medians = (name: string) => checkouts.map((checkout) => median(measured.get(checkout)?.get(name) ?? []))
  print(`${options.rounds} rounds in turns, medians; ${checkouts.join(', ')}`)
  printTable(
    [
      '',
      ...checkouts.map((_, index) => (checkouts.length === 2 ? (['before', 'after'][index] ?? '') : `${index + 1}`)),
    ],
    names.map((name) => [name, ...medians(name).map(numberText)]),
  )
}
