import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Config, parseConfig } from '@/lib/config'
import { takeServerLocks, takeWritingLocks } from './serving-lock'

const postgresql = 'postgresql://stele@db.example.com/stele'

let root: string
const releases: (() => void)[] = []

beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'stele-serving-'))
})
afterEach(async () => {
  for (const release of releases.splice(0)) release()
  await rm(root, { recursive: true })
})

function configOf(folder: string, databaseUrl = ''): Config {
  return parseConfig({ STELE_DATA_DIR: path.join(root, folder), DATABASE_URL: databaseUrl })
}

describe.each([
  ['server', takeServerLocks],
  ['writing', takeWritingLocks],
])('the locks of %s', (_, takeLocks) => {
  async function take(config: Config): Promise<void> {
    releases.push(await takeLocks(config))
  }

  test('a second server over one SQLite folder is refused, and told what to do; after the first it starts', async () => {
    await take(configOf('data'))
    await expect(takeLocks(configOf('data'))).rejects.toThrow(
      `STELE_DATA_DIR: another running server uses ${root}/data: stop that server, or set another folder for this one ` +
        '(only servers over one PostgreSQL database can share a folder: docs/postgresql.md)',
    )
    releases.pop()?.()
    await take(configOf('data'))
  })

  test('servers over PostgreSQL share a folder, but not with one over SQLite', async () => {
    await take(configOf('data', postgresql))
    await take(configOf('data', postgresql))
    await expect(takeLocks(configOf('data'))).rejects.toThrow(/^STELE_DATA_DIR: another running server uses /)
    await take(configOf('other'))
    await expect(takeLocks(configOf('other', postgresql))).rejects.toThrow(/^STELE_DATA_DIR: another running /)
  })

  test('two folders with one SQLite file are refused, and the folder of the refused server is free again', async () => {
    const file = `file:${path.join(root, 'stele.db')}`
    await take(configOf('data', file))
    await expect(takeLocks(configOf('other', file))).rejects.toThrow(
      `DATABASE_URL: another running server uses ${root}/stele.db: `,
    )
    await take(configOf('other'))
  })
})

test('while its main process starts again, a server keeps others away, and the new main process gets its own', async () => {
  releases.push(await takeServerLocks(configOf('data')))
  const main = await takeWritingLocks(configOf('data'))
  main()
  await expect(takeServerLocks(configOf('data'))).rejects.toThrow(/^STELE_DATA_DIR: another running server uses /)
  releases.push(await takeWritingLocks(configOf('data')))
})
