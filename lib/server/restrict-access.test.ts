import { randomUUID } from 'node:crypto'
import { chmod, mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { parseConfig } from '@/lib/config'
import type { ProcessContext } from './create-context'
import { openContext } from './open-context'
import { restrictAccess } from './restrict-access'

let root: string
let opened: ProcessContext | null = null

beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'stele-access-'))
})
afterEach(async () => {
  await opened?.db.close()
  opened = null
  await rm(root, { recursive: true })
})

function configOf(dataDir: string, file = path.join(dataDir, 'stele.db')) {
  return parseConfig({ STELE_DATA_DIR: dataDir, STELE_LOG_LEVEL: 'silent', DATABASE_URL: `file:${file}` })
}

/** Opens the data folder as a server does, and writes to the database, so that its companions are there. */
async function openAndWrite(dataDir: string, file?: string): Promise<void> {
  opened = await openContext(configOf(dataDir, file))
  await opened.db.prisma.lease.create({ data: { name: randomUUID(), holder: 'test', expiresAt: new Date() } })
}

async function modeOf(...names: string[]): Promise<string> {
  return ((await stat(path.join(root, ...names))).mode & 0o777).toString(8)
}

/** Everything below `root` that others may access. */
async function listAccessible(): Promise<string[]> {
  const found = []
  for (const entry of await readdir(root, { recursive: true })) if (!/00$/.test(await modeOf(entry))) found.push(entry)
  return found
}

test('a new data folder and everything in it are for the owner only', async () => {
  await openAndWrite(path.join(root, 'data'))
  expect(await readdir(path.join(root, 'data'))).toEqual(expect.arrayContaining(['stele.db', 'stele.db-wal']))
  expect([await modeOf('data'), await modeOf('data', 'stele.db'), await modeOf('data', 'stele.db-wal')]).toEqual([
    '700',
    '600',
    '600',
  ])
  expect(await listAccessible()).toEqual([])
})

test('so are a folder and a database that existed with wider modes', async () => {
  const dataDir = path.join(root, 'data')
  await openAndWrite(dataDir)
  await opened?.db.close()
  opened = null
  await chmod(dataDir, 0o755)
  for (const name of ['stele.db', 'stele.db-wal', 'stele.db-shm']) {
    await writeFile(path.join(dataDir, name), '', { flag: 'a' })
    await chmod(path.join(dataDir, name), 0o644)
  }
  await openAndWrite(dataDir)
  expect(await listAccessible()).toEqual([])
})

test('a database elsewhere is for the owner only, and the folder that it is in stays as it is', async () => {
  await mkdir(path.join(root, 'shared'))
  await chmod(path.join(root, 'shared'), 0o755)
  await openAndWrite(path.join(root, 'data'), path.join(root, 'shared', 'stele.db'))
  expect(await listAccessible()).toEqual(['shared'])
})

test('a folder of another user is used, and named', async (context) => {
  context.skip(process.geteuid?.() !== 0, 'becoming another user takes root')
  await chmod(root, 0o755)
  const dataDir = path.join(root, 'data')
  await mkdir(dataDir)
  await chmod(dataDir, 0o777)
  process.seteuid?.(65534)
  try {
    expect(await restrictAccess(configOf(dataDir))).toEqual([dataDir])
  } finally {
    process.seteuid?.(0)
  }
})
