// `npm test`: from a fresh clone to a result. Options: --unit or --e2e for a part, --keep-going to continue on
// failures.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { build, checkScriptBudget, prepare, root, say } from './lib/set-up.mjs'

const { values: options } = parseArgs({
  options: {
    unit: { type: 'boolean', default: false },
    e2e: { type: 'boolean', default: false },
    'keep-going': { type: 'boolean', default: false },
  },
})

// The tests must not see the server settings in the caller's environment.
for (const name of Object.keys(process.env)) {
  if (/^(NODE_ENV|PORT|HOST|DATABASE_URL|STELE_.*)$/.test(name)) delete process.env[name]
}
process.env.NEXT_TELEMETRY_DISABLED = '1'

const reports = join(root, 'test-results')

// The oldest version is the one of CI. Each other one takes more than a minute.
const nodeVersions = (process.env['NODE_VERSIONS'] ?? '26').split(' ')

// Before the checks: the build on another version of Node.js takes what this one has compiled.
const first = [
  [
    'build',
    async () => {
      await build()
      checkScriptBudget()
      return true
    },
  ],
]

/**
 * The checks of the sources, and the product on other versions of Node.js, in parallel: linting takes as long as all
 * other checks, and much of the time on another version is waited for packages and one compiler.
 */
const checks = [
  [
    'checks',
    async () =>
      // It writes files that the other checks need.
      (await quiet(bin('next'), 'typegen')) &&
      together(
        [['lint', () => quiet(bin('eslint'), '--max-warnings=0', '.')]],
        [
          ['format', () => quiet(bin('prettier'), '--check', '.')],
          ['types', () => quiet(bin('tsc'), '--noEmit')],
          ['layers', () => quiet(bin('depcruise'), '--config', '.dependency-cruiser.mjs', '.')],
          ['unused code', () => quiet(bin('knip'))],
        ],
        [
          [
            `Node.js ${nodeVersions.join(', ')}`,
            () => quiet(process.execPath, join(root, 'scripts', 'node-versions.mjs'), ...nodeVersions),
          ],
        ],
      ),
  ],
]
const unit = [
  [
    'unit tests',
    () => tally('unit', 'vitest', 'run', '--reporter=default', '--reporter=./scripts/lib/tally-vitest.mjs'),
  ],
]
const endToEnd = [
  ['browser', provideBrowser],
  ['end-to-end tests', () => tally('e2e', 'playwright', 'test', '--reporter=list,./scripts/lib/tally-playwright.mjs')],
]
const all = !options.unit && !options.e2e
const steps = [
  ...(all || options.e2e ? first : []),
  ...(all ? checks : []),
  ...(all || options.unit ? unit : []),
  ...(all || options.e2e ? endToEnd : []),
]

const total = { passed: 0, failed: 0, skipped: [], repeated: [] }
const broken = []
let running = 'set-up'

// On exit, because a step of the set-up that fails ends the process.
process.on('exit', (code) => {
  if (code !== 0 && running !== null) broken.push(running)
  for (const { name, reason } of total.skipped) console.log(`skipped: ${name}: ${reason ?? 'no reason given'}`)
  for (const { name, error } of total.repeated) console.log(`passed only when repeated: ${name}: ${error ?? ''}`)
  if (broken.length > 0) console.log(`failed: ${broken.join(', ')}`)
  console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped.length} skipped`)
})

prepare()
mkdirSync(reports, { recursive: true })
for (const [name, run] of steps) {
  running = name
  say(name)
  const start = performance.now()
  const passed = await run()
  say(`${name}: ${passed ? 'passed' : 'FAILED'} in ${((performance.now() - start) / 1000).toFixed(1)} s\n`)
  if (passed) continue
  broken.push(name)
  if (!options['keep-going']) break
}
running = null
process.exitCode = broken.length > 0 ? 1 : 0

/** Runs a program of node_modules/.bin. Returns whether it succeeded. */
function tool(name, ...args) {
  return spawnSync(bin(name), args, { cwd: root, stdio: 'inherit' }).status === 0
}

/** The path of a program of node_modules/.bin. */
function bin(name) {
  return join(root, 'node_modules', '.bin', name)
}

/** Runs the lists of steps in parallel, the steps of each one after another. Returns whether all passed. */
async function together(...lists) {
  const results = await Promise.all(lists.map(inOrder))
  return results.every(Boolean)
}

async function inOrder(steps) {
  let passed = true
  for (const [name, run] of steps) {
    const isGood = await run()
    say(`${name}: ${isGood ? 'passed' : 'FAILED'}`)
    passed &&= isGood
  }
  return passed
}

/** Runs a program, and shows its output only if it fails. Returns whether it succeeded. */
function quiet(program, ...args) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
    const printed = []
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => printed.push(chunk))
    child.on('error', (error) => printed.push(Buffer.from(`${error.message}\n`)))
    child.on('close', (code) => {
      if (code !== 0) process.stdout.write(Buffer.concat(printed))
      resolve(code === 0)
    })
  })
}

/** Runs a test runner and adds what its reporter counted to the total. */
function tally(part, name, ...args) {
  const file = join(reports, `${part}.json`)
  rmSync(file, { force: true })
  process.env.TALLY_FILE = file
  const passed = tool(name, ...args)
  if (existsSync(file)) {
    const counted = JSON.parse(readFileSync(file, 'utf8'))
    total.passed += counted.passed
    total.failed += counted.failed
    total.skipped.push(...counted.skipped)
    total.repeated.push(...counted.repeated)
  }
  return passed
}

/** Finds a browser, or installs one if that needs no privileges. */
async function provideBrowser() {
  const { findBrowser } = await import('./lib/browser.mjs')
  if (findBrowser() === null && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    const quietly = { stdio: 'inherit', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } }
    spawnSync('apt-get', ['update'], quietly)
    // Debian before 12 has only the whole browser.
    for (const name of ['chromium-headless-shell', 'chromium']) {
      if (findBrowser() === null) spawnSync('apt-get', ['install', '--yes', '--no-install-recommends', name], quietly)
    }
  }
  const browser = findBrowser()
  console.log(browser ?? 'No browser: install Chromium, or run `npx playwright install chromium`.')
  return browser !== null
}
