// A temporary PostgreSQL cluster for tests: created by the start, removed by the stop.
import { spawn, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  chownSync,
  existsSync,
  mkdtempSync,
  openSync,
  closeSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import pg from 'pg'
import { findFreePort } from './find-free-port.mjs'

const minimumVersion = 15

/** Debian's folder of each major version. On other systems, pg_config on the PATH gives the folder of the programs. */
const debianFolder = '/usr/lib/postgresql'

const user = 'stele'
const startTimeoutMs = 60_000

/**
 * @typedef {object} PostgresqlCluster
 * @property {(database: string) => string} url The address of a database, for DATABASE_URL.
 * @property {(database: string) => Promise<string>} createDatabase Creates an empty database; resolves with its url.
 * @property {() => Promise<void>} crash Ends it at once (`pg_ctl stop -m immediate`): connections break, data are kept.
 * @property {() => Promise<void>} start Starts it again at the same address after `crash`; resolves once it answers.
 * @property {number} port
 * @property {() => Promise<PostgresqlStandby>} startStandby Starts a copy that follows it; commits wait for that from now
 *   on (synchronous replication).
 * @property {() => Promise<void>} stop Ends it and removes its data.
 */

/**
 * @typedef {object} PostgresqlStandby
 * @property {number} port
 * @property {(database: string) => string} url
 * @property {() => Promise<void>} promote Makes it the primary.
 * @property {() => Promise<void>} stop
 */

/** A short reason why no cluster can be started here; null when one can. */
export function whyNoPostgresql() {
  if (findPrograms() === null) return `PostgreSQL ${minimumVersion} or later not installed`
  if (isRoot() && findServerUser() === null) return 'PostgreSQL does not run as root, and there is no user postgres'
  return null
}

/**
 * Creates and starts a cluster; resolves when it answers. Without `fsync` it is faster, and loses data when the machine
 * fails, but not when a process fails. It ends with this process at the latest.
 *
 * @param {{ fsync: boolean }} options
 * @returns {Promise<PostgresqlCluster>}
 */
export async function startPostgresql({ fsync }) {
  const reason = whyNoPostgresql()
  if (reason !== null) throw new Error(reason)
  const programs = /** @type {string} */ (findPrograms())
  // It refuses to run as root.
  const identity = isRoot() ? /** @type {{ uid: number, gid: number }} */ (findServerUser()) : {}
  const password = randomBytes(16).toString('hex')
  const folder = mkdtempSync(join(tmpdir(), 'stele-postgresql-'))
  const passwordFile = join(folder, 'password')
  writeFileSync(passwordFile, password, { mode: 0o600 })
  if ('uid' in identity) for (const path of [folder, passwordFile]) chownSync(path, identity.uid, identity.gid)
  const environment = { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' }
  const processOptions = { ...identity, cwd: folder, env: environment }
  /** @type {Set<import('node:child_process').ChildProcess>} */
  const running = new Set()
  const endWithProcess = () => {
    for (const server of running) server.kill('SIGQUIT')
    rmSync(folder, { recursive: true, force: true })
  }
  process.once('exit', endWithProcess)

  /**
   * @param {string} program
   * @param {string[]} args
   */
  const run = (program, args) => {
    const options = { ...processOptions, env: { ...environment, PGPASSWORD: password } }
    const made = spawnSync(join(programs, program), args, { ...options, encoding: 'utf8' })
    if (made.status !== 0) throw new Error(`${program} failed:\n${made.error?.message ?? made.stdout + made.stderr}`)
  }

  /**
   * A server over a data folder, which is not running yet.
   * @param {string} name
   */
  const serverIn = async (name) => {
    const port = await findFreePort()
    const [data, log] = [join(folder, name), join(folder, `${name}.log`)]
    const url = (/** @type {string} */ database) =>
      `postgresql://${user}:${password}@127.0.0.1:${port}/${encodeURIComponent(database)}`
    /** @type {import('node:child_process').ChildProcess | null} */
    let server = null
    const start = async () => {
      // A file, not a pipe: nobody reads a pipe while this process waits for a program.
      const output = openSync(log, 'a')
      const settings = {
        port,
        listen_addresses: '127.0.0.1',
        unix_socket_directories: '',
        max_connections: 200,
        fsync: fsync ? 'on' : 'off',
        log_min_messages: 'warning',
      }
      const args = Object.entries(settings).flatMap(([setting, value]) => ['-c', `${setting}=${value}`])
      const started = spawn(join(programs, 'postgres'), ['-D', data, ...args], {
        ...processOptions,
        stdio: ['ignore', output, output],
      })
      closeSync(output)
      server = started
      running.add(started)
      started.once('close', () => running.delete(started))
      const deadline = performance.now() + startTimeoutMs
      while (!(await answers(url('postgres')))) {
        if (started.exitCode === null && performance.now() < deadline) await setTimeout(20)
        else throw new Error(`PostgreSQL did not start:\n${readFileSync(log, 'utf8')}`)
      }
    }
    const end = async (/** @type {NodeJS.Signals} */ signal) => {
      if (server === null) return
      const ended = new Promise((resolve) => server?.once('close', resolve))
      if (server.exitCode === null && server.kill(signal)) await ended
      server = null
    }
    return { port, data, url, start, end }
  }

  const primary = await serverIn('data')
  const initdb = [
    ...['-D', primary.data, '-U', user, '--no-sync', '--auth=scram-sha-256', `--pwfile=${passwordFile}`],
    // Text is not in byte order, as in most clusters, so that code which relies on either order fails.
    ...['--encoding=UTF8', '--locale-provider=icu', '--icu-locale=en-US'],
  ]
  run('initdb', initdb)
  await primary.start()
  const { url } = primary
  return {
    url,
    port: primary.port,
    async createDatabase(database) {
      await query(url('postgres'), `CREATE DATABASE ${pg.escapeIdentifier(database)}`)
      return url(database)
    },
    crash: () => primary.end('SIGQUIT'),
    start: primary.start,
    async startStandby() {
      const standby = await serverIn('standby')
      const source = ['-h', '127.0.0.1', '-p', String(primary.port), '-U', user, '--no-password']
      run('pg_basebackup', [...source, '-D', standby.data, '--write-recovery-conf', '--checkpoint=fast', '--no-sync'])
      await standby.start()
      // Each commit now waits until the standby has it on its disk.
      await query(url('postgres'), `ALTER SYSTEM SET synchronous_standby_names = '*'`)
      await query(url('postgres'), 'SELECT pg_reload_conf()')
      const isSynchronous = `SELECT 1 / count(*) FROM pg_stat_replication WHERE sync_state = 'sync'`
      while (!(await succeeds(url('postgres'), isSynchronous))) await setTimeout(20)
      return {
        port: standby.port,
        url: standby.url,
        promote: () => query(standby.url('postgres'), 'SELECT pg_promote()'),
        stop: () => standby.end('SIGINT'),
      }
    },
    async stop() {
      await primary.end('SIGINT')
      for (const server of running) server.kill('SIGQUIT')
      process.off('exit', endWithProcess)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Folder of the newest version's programs, or null. */
function findPrograms() {
  const versions = existsSync(debianFolder) ? readdirSync(debianFolder).map(Number) : []
  const newest = Math.max(...versions.filter((version) => version >= minimumVersion))
  if (Number.isFinite(newest)) return join(debianFolder, String(newest), 'bin')
  const asked = spawnSync('pg_config', ['--version', '--bindir'], { encoding: 'utf8' })
  if (asked.status !== 0) return null
  const [folder = '', version = ''] = asked.stdout.split('\n').sort()
  return Number(/[0-9]+/.exec(version)?.[0]) >= minimumVersion && existsSync(join(folder, 'initdb')) ? folder : null
}

function isRoot() {
  return process.getuid?.() === 0
}

/** The user that Debian's package creates, or null. */
function findServerUser() {
  const [uid, gid] = ['-u', '-g'].map((what) => spawnSync('id', [what, 'postgres'], { encoding: 'utf8' }))
  return uid?.status === 0 && gid?.status === 0 ? { uid: Number(uid.stdout), gid: Number(gid.stdout) } : null
}

/** @param {string} url */
async function answers(url) {
  return succeeds(url, 'SELECT 1')
}

/**
 * @param {string} url
 * @param {string} sql
 */
async function succeeds(url, sql) {
  return query(url, sql).then(
    () => true,
    () => false,
  )
}

/**
 * @param {string} url
 * @param {string} sql
 */
async function query(url, sql) {
  const client = new pg.Client({ connectionString: url })
  // A connection that breaks while idle emits an error event, which is not a failure here.
  client.on('error', () => {})
  try {
    await client.connect()
    await client.query(sql)
  } finally {
    await client.end()
  }
}
