// The preparation before the server or the tests run. It uses only modules of Node.js, because it runs before
// node_modules exists. Each step first checks whether it is needed, so that a second start loses no time.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { compressStatic } from './compress-static.mjs'
import { measurePages, overBudget } from './script-budget.mjs'

/** The repository's folder. */
export const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/[\\/]$/, '')

const minimumNode = [20, 19]

/** The datasources that the server can use; each has a folder of `prisma/`. */
const providers = ['sqlite', 'postgresql']

/** The bundles in dist/, each from a file of that name: the server, and the commands of `npm run stele`. */
const bundles = ['server', 'command']

/** The folders that the build reads. A change anywhere else needs no new build. */
const sourceFolders = ['app', 'components', 'lib', 'public']
const rootSource = /^(package-lock\.json|tsconfig\.json|[^.].*\.(ts|tsx|mjs|css))$/
const notBuilt = /\.test\.tsx?$|^(vitest|playwright|eslint)\.config\./

/**
 * Installs the packages and generates the clients, for the checks and `next build`. Ends the process when a step fails.
 */
export function prepare() {
  requireNode()
  install()
  generate()
}

/** Builds the console into .next and the bundles into dist/, unless no source changed since. */
export async function build() {
  const stamp = join(root, '.next', 'stele-sources')
  const sources = hashFiles(listSources())
  if (readIfThere(stamp) === sources && bundles.every((name) => existsSync(join(root, 'dist', `${name}.mjs`)))) return
  say('Building')
  run(process.execPath, [join('node_modules', 'next', 'dist', 'bin', 'next'), 'build'], {
    NODE_ENV: 'production',
    NEXT_TELEMETRY_DISABLED: '1',
  })
  await compressStatic(join(root, '.next', 'static'))
  await bundle()
  writeFileSync(stamp, sources)
}

/** Prints the current step, set off from the output of programs. */
export function say(line) {
  console.log(`\u25b8 ${line}`)
}

function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  const [minimumMajor, minimumMinor] = minimumNode
  if (major > minimumMajor || (major === minimumMajor && minor >= minimumMinor)) return
  console.error(`Stele needs Node.js ${minimumNode.join('.')} or later; this is ${process.versions.node}.`)
  process.exit(1)
}

function install() {
  // The native modules are compiled for one ABI of Node.js.
  const wanted = `${process.versions.modules} ${hashFiles(['package-lock.json'])}`
  const stamp = join(root, 'node_modules', '.stele-installed')
  if (readIfThere(stamp) === wanted) return
  let headers = headersBesideNode()
  if (!hasPackages()) {
    say('Installing dependencies: this takes a few minutes the first time, if a native module must be compiled')
    installPackages(headers)
  }
  if (!hasPackages() || !canOpenDatabase()) {
    say('Compiling native modules for this Node.js')
    headers ??= fetchHeaders()
    if (hasPackages()) npm(headers, 'rebuild', 'better-sqlite3')
    else installPackages(headers)
  }
  if (!canOpenDatabase()) {
    console.error('better-sqlite3 cannot be compiled for this Node.js: README.md says what it needs.')
    process.exit(1)
  }
  writeFileSync(stamp, wanted)
}

function installPackages(headers) {
  // Not `npm ci`: it refuses a lock file without the packages of every platform, which a mirror without some of them
  // produces. `npm install` follows the lock file too, and `--no-save` does not change it.
  npm(headers, 'install', '--no-save', '--include=dev', '--no-audit', '--no-fund')
}

/** Whether node_modules matches the lock file, no matter who installed it. */
function hasPackages() {
  const installed = join(root, 'node_modules', '.package-lock.json')
  if (!existsSync(installed)) return false
  const have = JSON.parse(readFileSync(installed, 'utf8')).packages
  const want = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages
  return Object.entries(want).every(
    ([path, { version, optional, devOptional }]) =>
      path === '' || optional || devOptional || have[path]?.version === version,
  )
}

function canOpenDatabase() {
  const script = "new (require('better-sqlite3'))(':memory:')"
  return spawnSync(process.execPath, ['-e', script], { cwd: root, stdio: 'ignore' }).status === 0
}

/**
 * Runs npm with this Node.js, for which it then compiles native modules: its own first line may name another one.
 * Returns whether it succeeded. `headers` is the folder whose `include/node` has the headers of this Node.js; null:
 * node-gyp finds or downloads them.
 */
function npm(headers, ...args) {
  const { npm_execpath: script = '', PATH = '' } = process.env
  const [command, first] = script.endsWith('.js') ? [process.execPath, [script]] : ['npm', []]
  const env = {
    PATH: `${dirname(process.execPath)}${delimiter}${PATH}`,
    // The variable that npm 10 passes on to node-gyp, and the one that npm 12 will.
    ...(headers !== null && { npm_config_nodedir: headers, npm_package_config_node_gyp_nodedir: headers }),
  }
  return attempt(command, [...first, ...args], env)
}

/** The folder of this Node.js if it has the headers; many installations have them. Otherwise null. */
function headersBesideNode() {
  const prefix = join(dirname(process.execPath), '..')
  return existsSync(join(prefix, 'include', 'node', 'node.h')) ? prefix : null
}

/**
 * Gets the headers of this Node.js from npm, which can be reached where the site that node-gyp downloads them from
 * cannot. Returns their folder.
 */
function fetchHeaders() {
  const name = `node-${process.platform}-${process.arch}`
  const folder = mkdtempSync(join(tmpdir(), 'stele-headers-'))
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  npm(null, 'install', '--no-save', '--no-audit', '--no-fund', '--prefix', folder, `${name}@${process.versions.node}`)
  return join(folder, 'node_modules', name)
}

function generate() {
  for (const provider of providers) {
    const target = join(root, 'lib', 'metadata', 'generated', provider)
    const stamp = join(target, '.sources')
    const sources = hashFiles([
      'package-lock.json',
      'prisma.config.ts',
      join('prisma', 'models.prisma'),
      join('prisma', provider, 'schema.prisma'),
    ])
    if (readIfThere(stamp) === sources) continue
    say(`Generating the database client for ${provider}`)
    run(process.execPath, [join('node_modules', 'prisma', 'build', 'index.js'), 'generate', '--no-hints'], {
      PROVIDER: provider,
      PRISMA_HIDE_UPDATE_MESSAGE: '1',
    })
    writeFileSync(stamp, sources)
  }
}

/**
 * Ends the process when a page of the build loads more script than it may. For who changes Stele: a server starts all the
 * same, also with a Node.js that compresses a few bytes worse.
 */
export function checkScriptBudget() {
  const exceeded = overBudget(measurePages(join(root, '.next')))
  if (exceeded.length === 0) return
  console.error(exceeded.join('\n'))
  process.exit(1)
}

async function bundle() {
  const esbuild = await import('esbuild')
  rmSync(join(root, 'dist'), { recursive: true, force: true })
  await esbuild.build({
    absWorkingDir: root,
    entryPoints: bundles.map((name) => `${name}.ts`),
    outdir: 'dist',
    outExtension: { '.js': '.mjs' },
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    // The server's processes load different parts.
    splitting: true,
    chunkNames: 'parts/[name]-[hash]',
    target: 'node20',
    sourcemap: true,
    logLevel: 'warning',
  })
  // Otherwise its helper process would live as long as the server.
  await esbuild.stop()
}

function listSources() {
  const files = readdirSync(root).filter((name) => rootSource.test(name))
  for (const folder of sourceFolders.filter((name) => existsSync(join(root, name)))) {
    for (const entry of readdirSync(join(root, folder), { recursive: true, withFileTypes: true })) {
      if (entry.isFile()) files.push(join(entry.parentPath, entry.name).slice(root.length + 1))
    }
  }
  return files.filter((file) => !notBuilt.test(file)).sort()
}

function hashFiles(files) {
  const hash = createHash('sha256')
  for (const file of files) {
    const content = readFileSync(join(root, file))
    hash.update(`${file}\0${content.length}\0`).update(content)
  }
  return hash.digest('hex')
}

function readIfThere(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : null
}

/** Runs a program, and ends the process if it fails. */
function run(command, args, env) {
  if (!attempt(command, args, env)) process.exit(1)
}

/** Runs a program. Returns whether it succeeded. */
function attempt(command, args, env) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } })
  if (error) console.error(`${command}: ${error.message}`)
  return status === 0
}
