import { chmod, stat } from 'node:fs/promises'
import type { Config } from '@/lib/config'
import { databaseFiles } from '@/lib/metadata/engine/database-files'

/** What group and others may do. */
const othersMask = 0o077

/**
 * Makes the data folder (0700) and the files of a SQLite database (0600) accessible to their owner only. Returns the
 * paths that others may still access, because the owner is another user or the file system has no permissions.
 */
export async function restrictAccess({ dataDir, usesDataDir, database }: Config): Promise<string[]> {
  const left = usesDataDir ? await restrict(dataDir, 0o700) : []
  const files = database.provider === 'sqlite' ? databaseFiles(database.file) : []
  for (const file of files) left.push(...(await restrict(file, 0o600)))
  return left
}

/** Sets the mode of `path` where it exists; returns it when others may still access it. */
async function restrict(path: string, mode: number): Promise<string[]> {
  // What a failure means is seen below.
  await chmod(path, mode).catch(() => undefined)
  const found = await stat(path).catch(() => null)
  return found === null || (found.mode & othersMask) === 0 ? [] : [path]
}
