// A real S3 server for tests and benchmarks: versitygw over a temporary folder, on a free port of this machine.
import { spawn, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { get as getByHttp } from 'node:http'
import { get as getByTls } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { findFreePort } from './find-free-port.mjs'

const startTimeoutMs = 20_000
const region = 'us-east-1'

/**
 * @typedef {object} S3Server
 * @property {string} endpoint `http://127.0.0.1:<port>`.
 * @property {string} region
 * @property {{ accessKeyId: string, secretAccessKey: string }} credentials
 * @property {boolean} isForeign Whether it was there before: then it has no folder, one bucket, and cannot be ended.
 * @property {string} folder A bucket's objects are the files of its folder of the same name in this one.
 * @property {(name: string) => void} createBucket
 * @property {() => Promise<void>} kill Ends the server at once, as a crash does.
 * @property {() => Promise<void>} start Starts it again, on the same port with the same data.
 * @property {() => Promise<void>} stop Ends the server and removes its data.
 */

/** The bucket that must be on a server which was there before. */
export const foreignBucket = 'stele-test'

/** Why there can be no S3 server here, or null; always null on CI, where the tests that need one must fail without it. */
export function whyNoS3Server() {
  if (process.env.CI === 'true' || hasForeignServer()) return null
  const found = spawnSync('versitygw', ['--version'], { stdio: 'ignore' })
  return found.error === undefined
    ? null
    : 'versitygw is not installed: put what scripts/install-clients.sh prints on PATH'
}

/** Whether tests use an S3 server that runs already, which is theirs only in part. */
export function hasForeignServer() {
  return process.env.S3_ENDPOINT !== undefined
}

/**
 * Starts an S3 server. With `S3_ENDPOINT`, `S3_ACCESS_KEY` and `S3_SECRET_KEY` it is that one, for runs by hand.
 *
 * @param {object} [options]
 * @param {{ cert: string, key: string }} [options.tls] The files of its certificate for 127.0.0.1 and of its key, as PEM.
 * @param {boolean} [options.hasVirtualHosts] A bucket is also at `<name>.localhost`.
 * @param {readonly { accessKeyId: string, secretAccessKey: string }[]} [options.users] Who may do what the policy of a
 *   bucket allows.
 * @returns {Promise<S3Server>}
 */
export async function startS3Server({ tls, hasVirtualHosts = false, users = [] } = {}) {
  const { S3_ENDPOINT: foreign, S3_ACCESS_KEY: accessKeyId = '', S3_SECRET_KEY: secretAccessKey = '' } = process.env
  if (foreign !== undefined) {
    const nothing = () => Promise.resolve()
    const credentials = { accessKeyId, secretAccessKey }
    const others = { folder: '', createBucket: () => undefined, kill: nothing, start: nothing, stop: nothing }
    return { endpoint: foreign, region, credentials, isForeign: true, ...others }
  }
  const root = mkdtempSync(join(tmpdir(), 'stele-s3-'))
  const folder = join(root, 'buckets')
  mkdirSync(folder)
  if (users.length > 0) writeUsers(join(root, 'users'), users)
  const port = await findFreePort()
  const endpoint = `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`
  const credentials = { accessKeyId: 'stele-test', secretAccessKey: 'stele-test-secret-0123456789' }
  /** @type {import('node:child_process').ChildProcess | null} */
  let server = null

  const start = async () => {
    const options = [
      ...['--quiet', '--keep-alive', '--port', `127.0.0.1:${port}`],
      ...(tls === undefined ? [] : ['--cert', tls.cert, '--key', tls.key]),
      ...(users.length > 0 ? ['--iam-dir', join(root, 'users')] : []),
      ...(hasVirtualHosts ? ['--virtual-domain', `localhost:${port}`] : []),
    ]
    const started = spawn('versitygw', [...options, 'posix', folder], {
      stdio: 'ignore',
      cwd: root,
      env: {
        PATH: process.env.PATH,
        ROOT_ACCESS_KEY: credentials.accessKeyId,
        ROOT_SECRET_KEY: credentials.secretAccessKey,
        VGW_REGION: region,
      },
    })
    server = started
    started.once('error', () => undefined) // it is not installed: the loop below says so
    const deadline = performance.now() + startTimeoutMs
    while (!(await answers(endpoint))) {
      if (started.pid !== undefined && started.exitCode === null && performance.now() < deadline) await setTimeout(20)
      else
        throw new Error(`versitygw did not start (${started.pid === undefined ? 'not installed' : started.exitCode})`)
    }
  }
  const kill = async () => {
    const running = server
    server = null
    if (running === null) return
    const ended = new Promise((resolve) => running.once('close', resolve))
    if (running.exitCode === null && running.kill('SIGKILL')) await ended
  }
  const endWithProcess = () => {
    server?.kill('SIGKILL')
    rmSync(root, { recursive: true, force: true })
  }
  process.once('exit', endWithProcess)
  await start()
  return {
    ...{ endpoint, region, credentials, isForeign: false, folder, kill, start },
    createBucket: (name) => mkdirSync(join(folder, name)),
    async stop() {
      await kill()
      process.off('exit', endWithProcess)
      rmSync(root, { recursive: true, force: true })
    },
  }
}

/**
 * @param {string} folder
 * @param {readonly { accessKeyId: string, secretAccessKey: string }[]} users
 */
function writeUsers(folder, users) {
  const accounts = users.map(({ accessKeyId: access, secretAccessKey: secret }) => [
    access,
    { access, secret, role: 'user' },
  ])
  mkdirSync(folder)
  writeFileSync(join(folder, 'users.json'), JSON.stringify({ accessAccounts: Object.fromEntries(accounts) }))
}

/** @param {string} url */
function answers(url) {
  return new Promise((resolve) => {
    const get = url.startsWith('https:') ? getByTls : getByHttp
    const sent = get(url, { timeout: 2_000, rejectUnauthorized: false, agent: false }, (answer) => {
      answer.resume()
      resolve(true)
    })
    sent.on('timeout', () => sent.destroy())
    sent.on('error', () => resolve(false))
  })
}
