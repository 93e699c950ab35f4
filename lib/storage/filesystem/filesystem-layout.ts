import { constants } from 'node:fs'
import { access, mkdir, open, opendir, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'

import { digestAlgorithm, digestAlgorithms, digestHex, isDigest, parseDigest, type Digest } from '@/lib/domain/digest'

import { systemCode } from './storage-error'

const uploadIdPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/**
 * Where the blob is. The driver owns three trees of the data folder:
 *
 *     <data>/blobs/sha256/ab/abcdef…     one file per blob, named by its digest, never rewritten
 *     <data>/blobs/sha512/ab/abcdef…
 *     <data>/uploads/<uuid>              one file per open upload, renamed into blobs by commit
 *     <data>/corrupt/sha256-abcdef….<n>  what a scrub put aside, and when in milliseconds; made by the first
 *
 * All lie in one volume, so that a rename is atomic. A blob's file was changed last when it was last committed. The folder of the first two digits is made by the first blob in
 * it. No part of a path is a name that somebody chose: the digest is parsed once more, in case a cast made it.
 */
export function blobPath(dataDir: string, digest: Digest): string {
  const hex = digestHex(parseDigest(digest))
  return join(dataDir, 'blobs', digestAlgorithm(digest), hex.slice(0, 2), hex)
}

/** Where the upload is; null when `uploadId` is no lower-case UUID, so that there cannot be such an upload. */
export function uploadPath(dataDir: string, uploadId: string): string | null {
  return uploadIdPattern.test(uploadId) ? join(dataDir, 'uploads', uploadId) : null
}

/** Where a blob's file that is put aside goes: a name that no other such file has. */
export function corruptPath(dataDir: string, digest: Digest): string {
  return join(dataDir, 'corrupt', `${digestAlgorithm(digest)}-${digestHex(parseDigest(digest))}.${Date.now()}`)
}

/** Every blob's file: its digest and where it is. Names that are no digest are passed over. */
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

/** Every upload's file: its id and where it is. */
export async function* listUploadPaths(dataDir: string): AsyncGenerator<{ id: string; path: string }> {
  for await (const { name } of await opendir(join(dataDir, 'uploads'))) {
    const path = uploadPath(dataDir, name)
    if (path !== null) yield { id: name, path }
  }
}

/** Makes the folders of the layout, durably. Throws an Error for the operator when they cannot be written to. */
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

/** Makes the folder that a blob's file goes to. */
export async function makeBlobFolder(path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
}

/**
 * Makes a blob's name survive a power cut: its folder's entry for it, and the entry for that folder. Both are synced every
 * time, because another commit may have made the folder and not have synced it yet; with nothing to write it costs little.
 */
export async function syncBlobFolders(path: string): Promise<void> {
  await syncFolder(dirname(path))
  await syncFolder(dirname(dirname(path)))
}

/** Makes a folder and those above it, and syncs the entry of each that it made. */
export async function makeFolder(path: string): Promise<void> {
  const firstMade = await mkdir(path, { recursive: true, mode: 0o700 })
  if (firstMade === undefined) return
  for (let folder = path; folder.length >= firstMade.length; folder = dirname(folder)) await syncFolder(dirname(folder))
}

/** Makes the entries of a folder survive a power cut. */
export async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
