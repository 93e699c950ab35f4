import { constants } from 'node:fs'
import { access, mkdir, open, opendir, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

import { digestAlgorithm, digestAlgorithms, digestHex, isDigest, parseDigest, type Digest } from '@/lib/domain/digest'

import { systemCode } from './storage-error'

const uuid = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}'
const uploadIdPattern = new RegExp(`^${uuid}$`)
const uploadFilePattern = new RegExp(`^(${uuid})(?:\\.${uuid})?$`)

/**
 * The path of a blob's file. The driver owns three trees of the data folder:
 *
 *     <data>/blobs/sha256/ab/abcdef…     one file per blob, named by its digest, never rewritten
 *     <data>/blobs/sha512/ab/abcdef…
 *     <data>/uploads/<uuid>              one file per open upload, renamed into blobs by commit
 *     <data>/uploads/<uuid>.<uuid>       the same while a process writes to it (upload-files.ts)
 *     <data>/corrupt/sha256-abcdef….<n>  blobs that a scrub moved aside, and when, in milliseconds
 *
 * All are on one volume, so that a rename is atomic. The modification time of a blob's file is the time of its last
 * commit. The folder of the first two digits is created by its first blob, the folder `corrupt` by its first file. No
 * part of a path is a name that somebody chose: the digest is parsed again, in case it comes from a cast.
 */
export function blobPath(dataDir: string, digest: Digest): string {
  const hex = digestHex(parseDigest(digest))
  return join(dataDir, 'blobs', digestAlgorithm(digest), hex.slice(0, 2), hex)
}

/** The path of an upload's file; null when `uploadId` is not a lower-case UUID, so that no such upload can exist. */
export function uploadPath(dataDir: string, uploadId: string): string | null {
  return uploadIdPattern.test(uploadId) ? join(dataDir, 'uploads', uploadId) : null
}

/** The path for a corrupt blob's file that is moved aside, with a unique name. */
export function corruptPath(dataDir: string, digest: Digest): string {
  return join(dataDir, 'corrupt', `${digestAlgorithm(digest)}-${digestHex(parseDigest(digest))}.${Date.now()}`)
}

/** All blob files, with digest and path. Files whose name is not a digest are skipped. */
export async function* listBlobPaths(dataDir: string): AsyncGenerator<{ digest: Digest; path: string }> {
  for (const algorithm of digestAlgorithms) {
    const root = join(dataDir, 'blobs', algorithm)
    for await (const folder of await opendir(root)) {
      if (!folder.isDirectory()) continue
      for await (const { name } of await opendir(join(root, folder.name))) {
        const digest = `${algorithm}:${name}`
        if (isDigest(digest)) yield { digest, path: join(root, folder.name, name) }
      }
    }
  }
}

/** All upload files, with id and path. */
export async function* listUploadPaths(dataDir: string): AsyncGenerator<{ id: string; path: string }> {
  const folder = join(dataDir, 'uploads')
  for await (const { name } of await opendir(folder)) {
    const id = uploadFilePattern.exec(name)?.[1]
    if (id !== undefined) yield { id, path: join(folder, name) }
  }
}

/** The paths of the upload at `path` while a process writes to it: usually none or one. */
export async function* listClaimPaths(path: string): AsyncGenerator<string> {
  const folder = dirname(path)
  const prefix = `${basename(path)}.`
  for await (const { name } of await opendir(folder)) if (name.startsWith(prefix)) yield join(folder, name)
}

/** Creates the folders of the layout, durably. Throws an Error for the operator when they are not writable. */
export async function prepareLayout(dataDir: string): Promise<void> {
  const folders = foldersOf(dataDir)
  try {
    for (const folder of folders) await makeFolder(folder)
    await checkLayout(dataDir)
  } catch (cause) {
    throw new Error(`the data folder ${dataDir} cannot be written to (${String(systemCode(cause))})`, { cause })
  }
  const volumes = new Set(await Promise.all(folders.map(async (folder) => (await stat(folder)).dev)))
  if (volumes.size > 1)
    throw new Error(`${join(dataDir, 'blobs')} and ${join(dataDir, 'uploads')} must be in the same volume`)
}

/** Throws the system's error when a folder of the layout is missing or cannot be written to. */
export async function checkLayout(dataDir: string): Promise<void> {
  for (const folder of foldersOf(dataDir)) await access(folder, constants.R_OK | constants.W_OK | constants.X_OK)
}

function foldersOf(dataDir: string): string[] {
  return [...digestAlgorithms.map((algorithm) => join(dataDir, 'blobs', algorithm)), join(dataDir, 'uploads')]
}

/** Creates a folder and its parents, and syncs the entry of each created folder. */
export async function makeFolder(path: string): Promise<void> {
  const firstMade = await mkdir(path, { recursive: true, mode: 0o700 })
  if (firstMade === undefined) return
  for (let folder = path; folder.length >= firstMade.length; folder = dirname(folder)) await syncFolder(dirname(folder))
}

/** Makes the entries of a folder survive a power failure. */
export async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
