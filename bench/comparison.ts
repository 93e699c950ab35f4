import { availableParallelism } from 'node:os'
import { type Sample, interleave, medianSample, sampleOf } from './measure'
import type { Operation } from './operations'
import type { Registry } from './registry'
import { numberText, printTable } from './report'

const gibibyte = 1024 ** 3

/** The medians of each operation on each registry. */
export class Comparison {
  readonly #rows = new Map<Operation, Map<Registry, Sample>>()

  constructor(readonly registries: readonly Registry[]) {}

  /**
   * Measures the operation on all registries in turns, in both orders. A first round of requests is not counted: Stele's
   * code is compiled meanwhile.
   */
  async measure(operation: Operation, rounds: number): Promise<void> {
    const takers = this.registries.map((registry) => () => sampleOf(operation, registry))
    if (operation.unit !== 'MB/s') await interleave(takers, 1)
    const samples = await interleave(takers, rounds)
    this.#rows.set(
      operation,
      new Map(this.registries.map((registry, index) => [registry, medianSample(samples[index] ?? [])])),
    )
    // Progress; the tables come at the end.
    process.stderr.write(`${operation.name}\n`)
  }

  /** The median of an operation by its name; undefined when it was not measured. */
  find(operation: string, registry: Registry): Sample | undefined {
    const found = [...this.#rows].find(([{ name }]) => name === operation)
    return found?.[1].get(registry)
  }

  /** Prints what each registry reached, what it cost, and what that cost allows. */
  print(): void {
    if (this.#rows.size === 0) return
    const cores = availableParallelism()
    this.#printRows('reached', (operation, sample) => rateText(operation, sample.rate))
    this.#printRows('CPU of the registry', (operation, { cpuSeconds }) => cpuText(operation, cpuSeconds))
    if (this.registries.some(({ hasDatabase }) => hasDatabase)) {
      this.#printRows('CPU of the registry without its database', (operation, { ownCpuSeconds }) =>
        cpuText(operation, ownCpuSeconds),
      )
    }
    const isLoad = ({ unit }: Operation) => unit !== 'ms'
    this.#printRows(
      `what that CPU allows on ${cores} cores`,
      (operation, { cpuSeconds }) => rateText(operation, cores / cpuSeconds),
      isLoad,
    )
    this.#printRows(
      'CPU of the client, on the same cores',
      (operation, { clientSeconds }) => cpuText(operation, clientSeconds),
      isLoad,
    )
  }

  #printRows(
    title: string,
    text: (operation: Operation, sample: Sample) => string,
    isShown: (operation: Operation) => boolean = () => true,
  ): void {
    const rows = [...this.#rows].filter(([operation]) => isShown(operation))
    if (rows.length === 0) return
    printTable(
      [title, ...this.registries.map(({ name }) => name)],
      rows.map(([operation, samples]) => [
        operation.name,
        ...this.registries.map((registry) => {
          const sample = samples.get(registry)
          return sample === undefined ? '' : text(operation, sample)
        }),
      ]),
    )
  }
}

/** A rate in the unit of its operation; of `ms`, how long one takes. */
export function rateText({ unit }: Operation, rate: number): string {
  if (unit === 'ms') return `${numberText(1000 / rate)} ms`
  return `${numberText(unit === 'MB/s' ? rate / 1e6 : rate)} ${unit}`
}

/** CPU time of one request, or of a GiB. */
export function cpuText({ unit }: Operation, seconds: number): string {
  return unit === 'MB/s' ? `${numberText(seconds * gibibyte)} s/GiB` : `${numberText(seconds * 1000)} ms`
}
