import { randomUUID } from 'node:crypto'
import { type FileHandle, chown, link, open, readFile, rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'

/**
 * Returns the key in `file`, which only the server's user may read; `create` makes it when there is none. When several
 * processes start at once, one creates it and all get the same; a crash leaves a complete key or none.
 */
export async function readOrCreateKey(file: string, create: () => Buffer): Promise<Buffer> {
  const existing = await readIfThere(file)
  if (existing !== null) return existing
  // A random name: processes on several machines may have the same process id.
  const draft = `${file}.${randomUUID()}`
  try {
    await writeAndClose(await open(draft, 'wx', 0o600), create())
    // A link, unlike a rename, fails when another process was first.
    await link(draft, file).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    })
    await syncFolder(path.dirname(file))
  } finally {
    await rm(draft, { force: true })
  }
  return readFile(file)
}

/**
 * Replaces the key in `file` by the result of `next`, atomically. Keeps the file's owner, because the caller need not
 * run as the server's user. Calls `record` before the key takes effect; if it throws, nothing changes. Throws while
 * another process replaces the key: one of the two keys would be lost.
 */
export async function replaceKey(
  file: string,
  next: (current: Buffer) => Buffer,
  record: () => Promise<void>,
): Promise<void> {
  const draft = `${file}.next`
  const handle = await open(draft, 'wx', 0o600).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    throw new Error(`${draft} exists: the key is being replaced already, or that was cut off and the file can go`)
  })
  try {
    await writeAndClose(handle, next(await readFile(file)))
    const { uid, gid } = await stat(file)
    await chown(draft, uid, gid)
    await record()
    await rename(draft, file)
  } catch (error) {
    await rm(draft, { force: true })
    throw error
  }
  await syncFolder(path.dirname(file))
}

async function writeAndClose(handle: FileHandle, content: Buffer): Promise<void> {
  try {
    await handle.writeFile(content)
    await handle.sync()
  } finally {
    await handle.close()
  }
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
