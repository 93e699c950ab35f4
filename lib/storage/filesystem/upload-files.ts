import { randomUUID } from 'node:crypto'
import type { Stats } from 'node:fs'
import { constants, copyFile, rename, stat, unlink } from 'node:fs/promises'

import { listClaimPaths } from './filesystem-layout'
import { systemCode } from './storage-error'

/**
 * The file of an upload has one of two names:
 *
 *     <upload id>            nobody has it open to write
 *     <upload id>.<random>   claimed: only the process that chose the random part writes to it
 *
 * A claim is a rename, so only one process can succeed, and a file is published only under a name that its writer chose.
 * So the bytes of a published blob are those that its process has hashed, however many processes write to one upload,
 * on any file system, and without a lock that could be lost.
 *
 * The process of a claim may have ended, or have lost its lock in the database without knowing. It could still write,
 * so another process never writes to that file: it takes a copy, and removes the file's name.
 */

/** Claims the upload whose unclaimed path is `path`; returns the path of the claimed file, or null without an upload. */
export async function claimUpload(path: string): Promise<string | null> {
  const claimed = `${path}.${randomUUID()}`
  for (;;) {
    if (await succeeds(rename(path, claimed))) return claimed
    const [source, ...others] = await listClaims(path)
    if (source === undefined) {
      if ((await findStats(path)) === null) return null
      continue // released meanwhile
    }
    if (!(await succeeds(copyFile(source.path, claimed, constants.COPYFILE_FICLONE)))) continue
    // From here on, the former process can neither release nor publish its file.
    if (await succeeds(unlink(source.path))) {
      for (const { path: other } of others) await succeeds(unlink(other))
      return claimed
    }
    await succeeds(unlink(claimed))
  }
}

/** Ends a claim of the upload at `path`; returns false when the file is gone: removed, or taken by another process. */
export async function releaseUpload(path: string, claimed: string): Promise<boolean> {
  return succeeds(rename(claimed, path))
}

/** Finds the upload at `path`, claimed or not; null without an upload. */
export async function findUpload(path: string): Promise<Stats | null> {
  for (;;) {
    const stats = await findStats(path)
    if (stats !== null) return stats
    const [claim] = await listClaims(path)
    if (claim !== undefined) return claim.stats
    // A release between the two would hide it.
    if ((await findStats(path)) === null) return null
  }
}

/** Removes the upload at `path`, claimed or not. Succeeds when there is none. */
export async function removeUpload(path: string): Promise<void> {
  for (;;) {
    if (await succeeds(unlink(path))) return
    let wasClaimed = false
    for (const claim of await listClaims(path)) if (await succeeds(unlink(claim.path))) wasClaimed = true
    if (wasClaimed || (await findStats(path)) === null) return
  }
}

/** The file's state; null when there is no file. */
export async function findStats(path: string): Promise<Stats | null> {
  try {
    return await stat(path)
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null
    throw error
  }
}

/** Claimed files of an upload, the largest first: a smaller one is a copy that was not completed. */
async function listClaims(path: string): Promise<{ path: string; stats: Stats }[]> {
  const claims = []
  for await (const claimPath of listClaimPaths(path)) {
    const stats = await findStats(claimPath)
    if (stats !== null) claims.push({ path: claimPath, stats })
  }
  return claims.sort((a, b) => b.stats.size - a.stats.size)
}

/** Returns whether the file was there. Not for `rm`, which succeeds when the file goes before it comes to remove it. */
async function succeeds(operation: Promise<void>): Promise<boolean> {
  try {
    await operation
    return true
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return false
    throw error
  }
}
