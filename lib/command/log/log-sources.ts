import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { parseTilePath, readEntries, tilePath, tileWidth, writeEntries } from '@/lib/domain/transparency/tiles'
import { hashBytes } from '@/lib/transparency/hashes'
import { LogReadError, type LogSource } from '@/lib/transparency/verify-log'

/** Reads a file below the address of a log: null where there is none. Rejects with a LogReadError. */
export type Fetch = (path: string) => Promise<Uint8Array | null>

/** Reads from a folder: a copy of what a server has under `/log/<instance>/`. */
export function fetchFromFolder(folder: string): Fetch {
  return async (file) => {
    try {
      return await readFile(path.join(folder, file))
    } catch (error) {
      const { code = '' } = error as NodeJS.ErrnoException
      if (code === 'ENOENT') return null
      throw new LogReadError(`${file}: ${code}`)
    }
  }
}

/** How long one answer may take, and how often a request is tried, in all. */
const answerMaxMs = 30_000
const attempts = 3

/** Longest answer that is read: a bundle of 256 leaves, each as long as can be. */
const answerBytesMax = tileWidth * (2 + 65_535)

/** Reads from a server. `authorization`: the header, or null. Redirects are not followed: they may lead elsewhere. */
export function fetchFrom(address: string, authorization: string | null): Fetch {
  const base = address.replace(/\/+$/, '')
  const headers = authorization === null ? {} : { authorization }
  return async (path) => {
    for (let attempt = 1; ; attempt++) {
      try {
        return await get(`${base}/${path}`, headers)
      } catch (error) {
        if (error instanceof LogReadError || attempt === attempts) throw readError(path, error)
      }
      await setTimeout(500 * attempt)
    }
  }
}

/** A log of which `fetch` has the files. */
export function logSource(fetch: Fetch): LogSource {
  return { read: (name) => withFullTile(name, fetch) }
}

/** The body, or null when there is none. Throws a LogReadError where another attempt is no use. */
async function get(url: string, headers: Readonly<Record<string, string>>): Promise<Uint8Array | null> {
  const response = await fetch(url, { headers, redirect: 'manual', signal: AbortSignal.timeout(answerMaxMs) })
  const { status, body } = response
  if (status !== 200) {
    await body?.cancel()
    if (status === 404) return null
    if (status === 429 || status >= 500) throw new Error(`the server answered ${status}`)
    const remedy = status === 401 || status === 403 ? ': give --credential-stdin' : ''
    throw new LogReadError(`${url}: the server answered ${status}${remedy}`)
  }
  const chunks: Uint8Array[] = []
  let length = 0
  for (const reader = body?.getReader(); reader !== undefined;) {
    const { done, value } = await reader.read()
    if (done) break
    length += value.length
    if (length > answerBytesMax) throw new LogReadError(`${url}: the answer is longer than it can be`)
    chunks.push(value)
  }
  return Buffer.concat(chunks)
}

function readError(file: string, error: unknown): LogReadError {
  if (error instanceof LogReadError) return error
  const { message, cause } = error as Error
  return new LogReadError(`${file}: ${cause instanceof Error ? cause.message : message}`)
}

/**
 * What `read` has for a name. A log may forget a partial tile or bundle once it is full: then it is cut from that.
 * Throws a LogReadError where there is neither.
 */
async function withFullTile(name: string, read: (name: string) => Promise<Uint8Array | null>): Promise<Uint8Array> {
  const found = await read(name)
  if (found !== null) return found
  const tile = parseTilePath(name)
  const full = tile === null || tile.width === tileWidth ? null : await read(tilePath({ ...tile, width: tileWidth }))
  if (tile === null || full === null) throw new LogReadError(`${name}: there is no such file`)
  if (tile.level !== 'entries') return full.subarray(0, tile.width * hashBytes)
  const leaves = readEntries(full)
  return leaves === null ? full : writeEntries(leaves.slice(0, tile.width))
}
