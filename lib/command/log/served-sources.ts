import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout } from 'node:timers/promises'
import type { z } from 'zod'
import { type ServedKind, type ServedPage, servedPages, servedProgress } from '@/lib/domain/transparency/served'
import type { ServedSource } from '@/lib/transparency/compare-served'
import { LogReadError } from '@/lib/transparency/verify-log'
import type { Fetch } from './log-sources'

/*
 * What a registry serves, from the registry or from a copy. A copy has `served/checkpoint` (the checkpoint from before
 * anything was read of what is served), `served/<kind>/<n>.json` (its pages, from 0 on) and `served/progress.json`.
 */

/** How long the log may take until it has what was served, without coming nearer to it, and how often it is asked. */
const followMaxMs = 30_000
const askMs = 300

/** What the registry of a log serves now. */
export function servedByRegistry(fetch: Fetch): ServedSource {
  const progress = () => readJson(fetch, 'served/progress', servedProgress)
  return {
    checkpointBefore: 'checkpoint',
    async page(kind, after) {
      const query = after === null ? '' : `?after=${encodeURIComponent(after)}`
      return readPage(fetch, kind, `served/${kind}${query}`)
    },
    async settle(mustCover) {
      const first = await progress()
      const target = first.last
      let { takenTo, size, stalled } = first
      for (let deadline = performance.now() + followMaxMs; mustCover && stalled === null && takenTo < target;) {
        await setTimeout(askMs)
        const now = await progress()
        if (now.takenTo > takenTo) deadline = performance.now() + followMaxMs
        else if (performance.now() > deadline) {
          throw new LogReadError('the log does not follow what happens: it has not taken the last events')
        }
        ;({ takenTo, size, stalled } = now)
      }
      if (mustCover) await waitForCheckpoint(fetch, size)
      return stalled
    },
  }
}

/** Waits until a checkpoint with so many leaves is served: witnesses delay it. */
async function waitForCheckpoint(fetch: Fetch, size: number): Promise<void> {
  for (const deadline = performance.now() + followMaxMs; ;) {
    const bytes = await fetch('checkpoint')
    if (bytes === null || Number(Buffer.from(bytes).toString().split('\n')[1]) >= size) return
    if (performance.now() > deadline) {
      throw new LogReadError('no checkpoint is served that has the last leaves of the log')
    }
    await setTimeout(askMs)
  }
}

/** What a registry served when a copy was made; null: the copy has only the log. */
export async function servedByCopy(fetch: Fetch): Promise<ServedSource | null> {
  const checkpointBefore = 'served/checkpoint'
  if ((await fetch(checkpointBefore)) === null) return null
  const next = new Map<ServedKind, number>()
  return {
    checkpointBefore,
    async page(kind) {
      const n = next.get(kind) ?? 0
      next.set(kind, n + 1)
      return readPage(fetch, kind, pageFile(kind, n))
    },
    async settle() {
      return (await readJson(fetch, 'served/progress.json', servedProgress)).stalled
    },
  }
}

/** Like `fetch`, and keeps a copy in a folder of all that it answers. */
export function withCopy(fetch: Fetch, folder: string): Fetch {
  const pages = new Map<string, number>()
  let hasCheckpoint = false
  const keep = async (file: string, bytes: Uint8Array) => {
    const target = path.join(folder, file)
    try {
      await mkdir(path.dirname(target), { recursive: true })
      await writeFile(target, bytes)
    } catch (error) {
      throw new LogReadError(`${target} could not be written: ${(error as NodeJS.ErrnoException).code ?? 'unknown'}`)
    }
  }
  return async (name) => {
    const bytes = await fetch(name)
    if (bytes === null) return null
    const [, kind] = /^served\/([a-z]+)/.exec(name) ?? []
    if (kind === undefined) await keep(name, bytes)
    else if (kind === 'progress') await keep('served/progress.json', bytes)
    else {
      const n = pages.get(kind) ?? 0
      pages.set(kind, n + 1)
      await keep(pageFile(kind, n), bytes)
    }
    if (name === 'checkpoint' && !hasCheckpoint) {
      hasCheckpoint = true
      await keep('served/checkpoint', bytes)
    }
    return bytes
  }
}

function pageFile(kind: string, n: number): string {
  return `served/${kind}/${n}.json`
}

async function readPage<Kind extends ServedKind>(fetch: Fetch, kind: Kind, name: string): Promise<ServedPage<Kind>> {
  return readJson(fetch, name, servedPages[kind]) as Promise<ServedPage<Kind>>
}

async function readJson<T extends z.ZodType>(fetch: Fetch, name: string, schema: T): Promise<z.infer<T>> {
  const bytes = await fetch(name)
  if (bytes === null) {
    throw new LogReadError(`${name}: there is nothing to compare the log with; --log-only checks the log alone`)
  }
  try {
    return schema.parse(JSON.parse(Buffer.from(bytes).toString()))
  } catch {
    throw new LogReadError(`${name} is not what a registry says about itself`)
  }
}
