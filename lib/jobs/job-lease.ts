import { randomUUID } from 'node:crypto'
import type { Source } from '@/lib/metadata/engine/database'
import { holdLease, releaseLease } from '@/lib/metadata/engine/leases'

/** How long another process waits when the one that has the lease stands still, in milliseconds. */
const leaseMs = 6_000

/**
 * The lease of a periodic job that one process at a time should do. It only spares the others the work: a process that has
 * lost it may go on for a moment, so what the job does must be right without it.
 */
export class JobLease {
  readonly #name: string
  readonly #holder = randomUUID()
  /** Until when it need not ask, by this process's own clock. */
  #mayAskAtMs = 0
  #isHeld = false

  constructor(name: string) {
    this.#name = name
  }

  /** Takes or keeps the lease; returns whether this process has it. On SQLite no other process writes. */
  async hold(db: Source): Promise<boolean> {
    if (db.provider === 'sqlite') return true
    if (performance.now() >= this.#mayAskAtMs) {
      this.#isHeld = await holdLease(db, { name: this.#name, holder: this.#holder, forMs: leaseMs })
      this.#mayAskAtMs = performance.now() + leaseMs / 3
    }
    return this.#isHeld
  }

  /** Lets another process have it at once. */
  async release(db: Source): Promise<void> {
    if (this.#isHeld) await releaseLease(db, { name: this.#name, holder: this.#holder })
    this.#isHeld = false
  }
}
