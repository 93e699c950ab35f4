import { randomInt } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import { type Machine, type Machines, untilReady } from './machines'

/** What happens to the machines. Each resolves when it is over. */
const troubles = {
  async 'a server is killed and started again'(_, machine) {
    await machine.kill()
    await machine.start()
  },
  async 'a server stands still'(_, machine, forMs) {
    const pid = machine.server()?.pid
    if (pid === undefined) return
    process.kill(pid, 'SIGSTOP')
    await setTimeout(forMs)
    process.kill(pid, 'SIGCONT')
  },
  async 'PostgreSQL ends at once and is started again'({ postgresql }) {
    await postgresql.crash()
    await setTimeout(randomInt(1_000))
    await postgresql.start()
  },
  async 'the store is killed and started again'({ s3 }) {
    await s3.kill()
    await setTimeout(randomInt(1_000))
    await s3.start()
  },
  async 'the store is slow'({ all }, _, forMs) {
    for (const { toStore } of all) toStore.delay(randomInt(20, 150))
    await setTimeout(forMs)
    for (const { toStore } of all) toStore.delay(0)
  },
  async 'connections to PostgreSQL are reset'(_, machine, forMs) {
    machine.toDatabase.cut()
    await setTimeout(forMs)
    machine.toDatabase.pass()
  },
  async 'the network to PostgreSQL swallows everything'(_, machine, forMs) {
    machine.toDatabase.swallow()
    await setTimeout(forMs)
    machine.toDatabase.pass()
  },
  async 'connections to the store are reset'(_, machine, forMs) {
    machine.toStore.cut()
    await setTimeout(forMs)
    machine.toStore.pass()
  },
  async 'the network to the store swallows everything'(_, machine, forMs) {
    machine.toStore.swallow()
    await setTimeout(forMs)
    machine.toStore.pass()
  },
} satisfies Record<string, (machines: Machines, machine: Machine, forMs: number) => Promise<void>>

/** The name of a trouble. */
export type Trouble = keyof typeof troubles

/** How long a trouble lasts, in milliseconds; a long one is longer than leases, locks and statements last. */
const shortMs = 2_000
const longMs = 40_000
const longEach = 12

/** Longest time in which all works, between two troubles, in milliseconds. */
const calmMaxMs = 3_000

/** Makes trouble, one after the other and each kind at least once, until `signal` is aborted. Resolves when all works again. */
export async function makeTrouble(machines: Machines, signal: AbortSignal): Promise<Map<Trouble, number>> {
  const counts = new Map<Trouble, number>()
  const names = Object.keys(troubles) as Trouble[]
  for (let round = 0; !signal.aborted || round < names.length; round++) {
    if (round % names.length === 0) shuffle(names)
    const name = names[round % names.length] as Trouble
    const machine = machines.all[randomInt(machines.all.length)] as Machine
    const isLong = round >= names.length && randomInt(longEach) === 0
    await troubles[name](machines, machine, randomInt(300, isLong ? longMs : shortMs))
    counts.set(name, (counts.get(name) ?? 0) + 1)
    await setTimeout(randomInt(calmMaxMs))
  }
  for (const machine of machines.all) await untilReady(machine)
  return counts
}

function shuffle(items: unknown[]): void {
  for (let last = items.length - 1; last > 0; last--) {
    const other = randomInt(last + 1)
    ;[items[last], items[other]] = [items[other], items[last]]
  }
}
