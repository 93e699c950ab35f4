import { spawn } from 'node:child_process'
import { chmodSync, chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { findFreePort } from '@/scripts/lib/find-free-port.mjs'
import pg from 'pg'
import { requireCommands } from './clients/require-commands'

/** A user without rights, which PgBouncer runs as where the test is root. */
const nobody = 65_534

const startTimeoutMs = 20_000

/** Starts PgBouncer before a database. Skips the running test where it is not installed. */
export async function startPooler(databaseUrl: string, mode: 'session' | 'transaction') {
  requireCommands('pgbouncer')
  const { hostname, port, pathname, username, password } = new URL(databaseUrl)
  const folder = mkdtempSync(join(tmpdir(), 'stele-pgbouncer-'))
  const listenPort = await findFreePort()
  const settings = {
    ...{ listen_addr: '127.0.0.1', listen_port: listenPort, unix_socket_dir: '', pool_mode: mode },
    ...{ auth_type: 'plain', auth_file: join(folder, 'users'), ignore_startup_parameters: 'statement_timeout' },
  }
  const text = Object.entries(settings).map(([name, value]) => `${name} = ${value}`)
  const file = join(folder, 'pgbouncer.ini')
  writeFileSync(file, ['[databases]', `* = host=${hostname} port=${port}`, '[pgbouncer]', ...text, ''].join('\n'))
  writeFileSync(join(folder, 'users'), `"${username}" "${decodeURIComponent(password)}"\n`)
  chmodSync(folder, 0o700)
  const isRoot = process.getuid?.() === 0
  if (isRoot) for (const path of [folder, file, join(folder, 'users')]) chownSync(path, nobody, nobody)
  const child = spawn('pgbouncer', [file], {
    stdio: 'ignore',
    env: { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin` },
    ...(isRoot && { uid: nobody, gid: nobody }),
  })
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const url = `postgresql://${username}:${password}@127.0.0.1:${listenPort}${pathname}`
  const deadline = performance.now() + startTimeoutMs
  while (!(await answers(url))) {
    if (child.exitCode !== null || performance.now() > deadline) throw new Error('PgBouncer did not start')
    await setTimeout(50)
  }
  return {
    url,
    async stop() {
      child.kill('SIGTERM')
      await ended
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => undefined)
  try {
    await client.connect()
    await client.query('SELECT 1')
    return true
  } catch {
    return false
  } finally {
    await client.end().catch(() => undefined)
  }
}
