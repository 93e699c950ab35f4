import { link, open, readFile, rm } from 'node:fs/promises'
import path from 'node:path'

/**
 * The key in `file`, which only the server's user may read; made by `create` where there is none. Of processes that
 * start together one makes it, and all get the same; a crash leaves a whole key or none.
 */
export async function readOrCreateKey(file: string, create: () => Buffer): Promise<Buffer> {
  const existing = await readIfThere(file)
  if (existing !== null) return existing
  const draft = `${file}.${process.pid}`
  try {
    const handle = await open(draft, 'w', 0o600)
    try {
      await handle.writeFile(create())
      await handle.sync()
    } finally {
      await handle.close()
    }
    // Unlike a rename, a link fails when another process was first.
    await link(draft, file).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    })
    await syncFolder(path.dirname(file))
  } finally {
    await rm(draft, { force: true })
  }
  return readFile(file)
}

async function readIfThere(file: string): Promise<Buffer | null> {
  try {
    return await readFile(file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
