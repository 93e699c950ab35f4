import type { Comparison } from './comparison'
import type { Registry, RegistryKind } from './registry'
import { numberText, printTable, verdict } from './report'

/** How much faster than another registry Stele must be, by the names of operations. */
interface Target {
  readonly operations: RegExp
  /** `best` is the fastest of the others in that operation. */
  readonly peer: Exclude<RegistryKind, 'stele'> | 'best'
  readonly ratio: number
}

const reads = /^(?:manifest GET by|blob HEAD)/

/** The targets of issue 14. */
const targets: readonly Target[] = [
  { operations: reads, peer: 'distribution3', ratio: 3 },
  { operations: reads, peer: 'distribution2', ratio: 12 },
  { operations: reads, peer: 'zot', ratio: 1 },
  { operations: /^manifest PUT/, peer: 'distribution3', ratio: 2 },
  { operations: /^blob (?:up|down)load/, peer: 'best', ratio: 1 },
  { operations: /^(?:skopeo|docker)/, peer: 'distribution3', ratio: 1 },
]

const names = { distribution2: 'Distribution 2.8', distribution3: 'Distribution 3.1', zot: 'zot' }

/** Prints whether `subject`, a Stele, reaches the targets in the operations that were measured. */
export function printTargets(comparison: Comparison, subject: Registry, operations: readonly string[]): void {
  const peers = comparison.registries.filter(({ kind }) => kind !== 'stele')
  const rows = targets.flatMap(({ operations: chosen, peer, ratio }) =>
    operations
      .filter((name) => chosen.test(name))
      .map((name) => {
        const rivals = peers.filter(({ kind }) => peer === 'best' || kind === peer)
        const measured = rivals.flatMap((rival) => ratiosTo(comparison, name, subject, rival))
        const least = measured.toSorted((one, other) => one.rate - other.rate)[0]
        const what = `${name}: ${ratio} × ${peer === 'best' ? 'the best' : names[peer]}`
        if (least === undefined) return [what, '', '', 'not measured']
        return [what, `${numberText(least.rate)} ×`, `${numberText(least.cpu)} ×`, verdict(least.rate >= ratio)]
      }),
  )
  if (rows.length > 0) printTable([`target, for ${subject.name}`, 'by rate', 'by CPU', 'verdict'], rows)
}

function ratiosTo(comparison: Comparison, name: string, subject: Registry, rival: Registry) {
  const [ours, theirs] = [comparison.find(name, subject), comparison.find(name, rival)]
  if (ours === undefined || theirs === undefined) return []
  return [{ rate: ours.rate / theirs.rate, cpu: theirs.cpuSeconds / ours.cpuSeconds }]
}
