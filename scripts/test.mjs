// `npm test`: from a fresh clone to a verdict. Options: --unit or --e2e for a part, --keep-going past a failure.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { build, prepare, root, say } from './lib/set-up.mjs'

const { values: options } = parseArgs({
  options: {
    unit: { type: 'boolean', default: false },
    e2e: { type: 'boolean', default: false },
    'keep-going': { type: 'boolean', default: false },
  },
})

// The caller's own settings of a server are none of the tests' business.
for (const name of Object.keys(process.env)) {
  if (/^(NODE_ENV|PORT|HOST|DATABASE_URL|STELE_.*)$/.test(name)) delete process.env[name]
}
process.env.NEXT_TELEMETRY_DISABLED = '1'

const reports = join(root, 'test-results')

/** What can be checked without running anything of the product. */
const checks = [
  ['format', () => tool('prettier', '--check', '.')],
  ['lint', () => tool('eslint', '--max-warnings=0', '.')],
  ['types', () => tool('next', 'typegen') && tool('tsc', '--noEmit')],
  ['layers', () => tool('depcruise', '--config', '.dependency-cruiser.mjs', '.')],
  ['unused code', () => tool('knip')],
]
const unit = [
  [
    'unit tests',
    () => tally('unit', 'vitest', 'run', '--reporter=default', '--reporter=./scripts/lib/tally-vitest.mjs'),
  ],
]
const endToEnd = [
  ['build', () => build().then(() => true)],
  ['browser', provideBrowser],
  ['end-to-end tests', () => tally('e2e', 'playwright', 'test', '--reporter=list,./scripts/lib/tally-playwright.mjs')],
]
const all = !options.unit && !options.e2e
const steps = [...(all ? checks : []), ...(all || options.unit ? unit : []), ...(all || options.e2e ? endToEnd : [])]

const total = { passed: 0, failed: 0, skipped: [] }
const broken = []
let running = 'set-up'

// On exit, because a step of the set-up that fails ends the process.
process.on('exit', (code) => {
  if (code !== 0 && running !== null) broken.push(running)
  for (const { name, reason } of total.skipped) console.log(`skipped: ${name}: ${reason ?? 'no reason given'}`)
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

/** Runs a program of node_modules/.bin; whether it succeeded. */
function tool(name, ...args) {
  return spawnSync(join(root, 'node_modules', '.bin', name), args, { cwd: root, stdio: 'inherit' }).status === 0
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
  }
  return passed
}

/** Finds a browser, or installs one where that needs nobody's permission. */
async function provideBrowser() {
  const { findBrowser } = await import('./lib/browser.mjs')
  if (findBrowser() === null && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    const quietly = { stdio: 'inherit', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } }
    spawnSync('apt-get', ['update'], quietly)
    spawnSync('apt-get', ['install', '--yes', '--no-install-recommends', 'chromium'], quietly)
  }
  const browser = findBrowser()
  console.log(browser ?? 'No browser: install Chromium, or run `npx playwright install chromium`.')
  return browser !== null
}
