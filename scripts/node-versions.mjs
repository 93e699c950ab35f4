// The short form of the tests on newer versions of Node.js: in a copy of the sources, `npm start` installs, builds and
// serves, a first push passes, and so do the unit tests that use native modules. Arguments: the versions.
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join, relative } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { root } from './lib/set-up.mjs'

/** What git does not keep: the copy must be as fresh as a clone. */
const notCopied = /^(\.git|\.next|\.env|data|dist|node_modules|test-results|lib\/metadata\/generated)$/

const password = 'node-versions-1234'

const results = await Promise.all(process.argv.slice(2).map(passes))
process.exitCode = results.every(Boolean) ? 0 : 1

/** Whether all passes on the newest release of this version. Prints what it ran only if it fails. */
async function passes(version) {
  const folder = mkdtempSync(join(tmpdir(), `stele-node-${version}-`))
  const printed = []
  const say = (chunk) => printed.push(chunk)
  try {
    const bin = installNode(version, folder)
    const sources = join(folder, 'stele')
    mkdirSync(sources)
    cpSync(root, sources, { recursive: true, filter: (file) => !notCopied.test(relative(root, file)) })
    // What the compiler has kept of the last build, if there was one: it does not depend on the version of Node.js.
    const kept = join('.next', 'cache')
    if (existsSync(join(root, kept))) cpSync(join(root, kept), join(sources, kept), { recursive: true })
    const env = { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH}` }
    const inSources = { cwd: sources, env, stdio: ['ignore', 'pipe', 'pipe'] }
    await startAndPush(inSources, say)
    const projects = ['--project', 'sqlite', '--project', 'process']
    const tests = ['vitest', 'run', ...projects, 'lib/metadata/engine', 'lib/storage/filesystem']
    const code = await end(listen(spawn('npx', ['--no-install', ...tests], inSources), say))
    if (code !== 0) throw new Error('unit tests failed')
    console.log(`Node.js ${version}: npm start, a first push and the tests of the engine and the blob folder passed`)
    return true
  } catch (error) {
    console.log(`${printed.join('')}\nNode.js ${version}: ${error.message}`)
    return false
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Installs Node.js from npm, with its headers. Returns the folder of its program. */
function installNode(version, folder) {
  const name = `node-${process.platform}-${process.arch}`
  const args = ['install', '--no-save', '--no-audit', '--no-fund', '--prefix', folder, `${name}@${version}`]
  const { status } = spawnSync('npm', args, { stdio: ['ignore', 'ignore', 'inherit'] })
  if (status !== 0) throw new Error(`npm has no ${name}@${version}`)
  return join(folder, 'node_modules', name, 'bin')
}

/** Runs `npm start` until a manifest was pushed and pulled. */
async function startAndPush({ env, ...inSources }, say) {
  const settings = { PORT: '0', STELE_ADMIN_PASSWORD: password }
  const server = spawn('npm', ['start'], { ...inSources, env: { ...env, ...settings }, detached: true })
  let output = ''
  const ended = end(
    listen(server, (chunk) => {
      output += chunk
      say(chunk)
    }),
  )
  try {
    while (!output.includes('Stele is ready.')) {
      const code = await Promise.race([ended, setTimeout(200)])
      if (code !== undefined) throw new Error(`npm start ended with ${code}`)
    }
    await push(/Console +(http:\S+)/.exec(output)[1])
  } finally {
    // npm, its shell and the server.
    process.kill(-server.pid)
    await ended
  }
}

/** Pushes an image without layers, and pulls it. Throws when an answer is not what it should be. */
async function push(address) {
  const repository = `${address}/v2/test/example`
  const headers = { authorization: `Basic ${Buffer.from(`admin:${password}`).toString('base64')}` }
  const config = Buffer.from('{}')
  const digest = `sha256:${createHash('sha256').update(config).digest('hex')}`
  const type = 'application/vnd.oci.image.manifest.v1+json'
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: type,
    config: { mediaType: 'application/vnd.oci.empty.v1+json', digest, size: config.length },
    layers: [],
  })
  const expect = async (status, url, request) => {
    const answer = await fetch(url, { ...request, headers: { ...headers, ...request.headers } })
    const text = await answer.text()
    if (answer.status !== status) throw new Error(`${request.method} ${url}: ${answer.status} ${text}`)
    return text
  }
  await expect(201, `${repository}/blobs/uploads/?digest=${digest}`, { method: 'POST', body: config })
  await expect(201, `${repository}/manifests/v1`, { method: 'PUT', headers: { 'content-type': type }, body: manifest })
  const pulled = await expect(200, `${repository}/manifests/v1`, { method: 'GET' })
  if (pulled !== manifest) throw new Error(`pulled ${pulled}`)
}

function listen(child, onText) {
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', onText)
  return child
}

/** The exit code of a program, or the signal that ended it. */
function end(child) {
  return new Promise((resolve, reject) => {
    child.once('error', reject).once('close', (code, signal) => resolve(code ?? signal))
  })
}
