import { setImmediate, setTimeout } from 'node:timers/promises'
import type { SqlSource } from './engine/database'
import { type HeldBlob, listHeldBlobs, listHeldManifests, spacePageSize } from './held-content'

/** How much room something takes, in bytes. */
export interface Space {
  readonly sizeBytes: number
  /** Of it, what nothing else has. */
  readonly exclusiveBytes: number
}

/** The room that repositories and instances took at a time, by id. */
export interface CountedSpace {
  readonly at: Date
  readonly repositories: ReadonlyMap<string, Space>
  readonly instances: ReadonlyMap<string, Space>
}

/** What is known, and whether newer numbers are on their way. */
export interface KnownSpace {
  /** Null before the first count. */
  readonly counted: CountedSpace | null
  readonly isCounting: boolean
}

/** Numbers older than this are counted again when they are asked for; those of the second kind, when that is demanded. */
const oldMs = 10 * 60_000
const freshMs = 10_000

/** How long an answer waits for a count, when nobody demanded one: that of a small server is done then. */
const waitMs = 60

/** How long it waits for a count that was demanded. */
const freshWaitMs = 2000

interface Sum {
  sizeBytes: number
  exclusiveBytes: number
}

/**
 * Counts how much room repositories and instances take: in pages, between which other requests run, one count at a
 * time. The result is kept in memory, some numbers for each repository; a new process counts again.
 */
export class SpaceCounts {
  #counted: CountedSpace | null = null
  #running: Promise<void> | null = null

  /** Returns what is known. Rejects as the count did, if that failed and nothing is known. */
  async read(source: SqlSource, isFresh: boolean): Promise<KnownSpace> {
    const age = this.#counted === null ? Infinity : Date.now() - this.#counted.at.getTime()
    if (age > (isFresh ? freshMs : oldMs)) this.#running ??= this.#count(source)
    if (this.#running !== null && (isFresh || this.#counted === null)) {
      await Promise.race([this.#running, setTimeout(isFresh ? freshWaitMs : waitMs, undefined, { ref: false })])
    }
    return { counted: this.#counted, isCounting: this.#running !== null }
  }

  #count(source: SqlSource): Promise<void> {
    const running = countSpace(source)
      .then((counted) => {
        this.#counted = counted
      })
      .finally(() => {
        this.#running = null
      })
    // Whoever waits for it is told; where nobody does, the next request counts again.
    running.catch(() => undefined)
    return running
  }
}

async function countSpace(source: SqlSource): Promise<CountedSpace> {
  const at = new Date()
  const repositories = new Map<string, Sum>()
  const instances = new Map<string, Sum>()
  let holders: HeldBlob[] = []
  for (let after = { digest: '', repositoryId: '' }; ;) {
    const page = await listHeldBlobs(source, after)
    for (const blob of page.filter(({ isDeleted }) => !isDeleted)) {
      if (holders[0]?.digest !== blob.digest) {
        addBlob(holders, repositories, instances)
        holders = []
      }
      holders.push(blob)
    }
    const last = page.at(-1)
    if (last === undefined || page.length < spacePageSize) break
    after = last
    await setImmediate()
  }
  addBlob(holders, repositories, instances)
  for (let after = { digest: '', repositoryId: '' }; ;) {
    const page = await listHeldManifests(source, after)
    for (const { repositoryId, instanceId, isDeleted, sizeBytes } of page) {
      if (isDeleted) continue
      add(repositories, repositoryId, Number(sizeBytes), true)
      add(instances, instanceId, Number(sizeBytes), true)
    }
    const last = page.at(-1)
    if (last === undefined || page.length < spacePageSize) break
    after = last
    await setImmediate()
  }
  return { at, repositories, instances }
}

/** Adds a blob to all that have it: once for each repository, and once for each instance. */
function addBlob(holders: readonly HeldBlob[], repositories: Map<string, Sum>, instances: Map<string, Sum>): void {
  const [first] = holders
  if (first === undefined) return
  const bytes = Number(first.sizeBytes)
  const inInstances = new Set(holders.map(({ instanceId }) => instanceId))
  for (const { repositoryId } of holders) add(repositories, repositoryId, bytes, holders.length === 1)
  for (const id of inInstances) add(instances, id, bytes, inInstances.size === 1)
}

function add(sums: Map<string, Sum>, id: string, bytes: number, isExclusive: boolean): void {
  const sum = sums.get(id) ?? { sizeBytes: 0, exclusiveBytes: 0 }
  sum.sizeBytes += bytes
  if (isExclusive) sum.exclusiveBytes += bytes
  sums.set(id, sum)
}
