import { setTimeout } from 'node:timers/promises'
import type { Fleet } from './fleet'
import { Random } from './random'

/** What was done to the servers. */
export interface Injected {
  /** Servers that were ended with kill -9, with all their processes, and started again. */
  kills: number
  /** Single processes that were ended with kill -9. */
  processKills: number
  /** How long servers stood still, in milliseconds. */
  readonly pausesMs: number[]
}

/** After how many operations something happens, in all; at least once each kind. */
const operationsPerTrouble = 2_500
const troublesMin = 4
const troublesMax = 40

/**
 * How long a server stands still, in milliseconds, from and to: in a short run less than clients wait, else often more,
 * and each sixth time longer than leases, locks and sessions last (30 s).
 */
const pauseMs = { short: [500, 2_000], usual: [500, 12_000], long: [31_000, 40_000] } as const
const longEach = 6

/** A run with fewer operations is short. */
const shortRun = 10_000

const kinds = ['kill', 'pause', 'kill a process', 'pause'] as const

/** Kills and pauses servers as the operations go on, until `signal` is aborted. Resolves when all of them run again. */
export async function makeTrouble(
  { members }: Fleet,
  { operations, seed }: { readonly operations: number; readonly seed: number },
  done: () => number,
  signal: AbortSignal,
): Promise<Injected> {
  const random = new Random(seed, 0, 99)
  const injected: Injected = { kills: 0, processKills: 0, pausesMs: [] }
  const count = Math.min(troublesMax, Math.max(troublesMin, Math.round(operations / operationsPerTrouble)))
  for (let n = 1; n <= count; n++) {
    while (done() < (operations * n) / (count + 1)) {
      if (signal.aborted) return injected
      await setTimeout(20)
    }
    const member = random.pick(members)
    const kind = kinds[(n - 1) % kinds.length]
    if (kind === 'pause') {
      const isLong = (injected.pausesMs.length + 1) % longEach === 0
      const [fromMs, toMs] = pauseMs[operations < shortRun ? 'short' : isLong ? 'long' : 'usual']
      const forMs = fromMs + random.below(toMs - fromMs)
      await member.pause(forMs)
      injected.pausesMs.push(forMs)
    } else if (kind === 'kill' || !(await killOneOf(members, random))) {
      await member.restart()
      injected.kills += 1
    } else {
      injected.processKills += 1
    }
  }
  return injected
}

async function killOneOf(members: Fleet['members'], random: Random): Promise<boolean> {
  for (const member of members) if (await member.killProcess(random)) return true
  return false
}
