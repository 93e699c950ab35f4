import type { RefusalReason } from '@/lib/domain/immutability'

/** What became of a move that the rule refuses: it was refused, or mode `audit` let it through. */
export type RefusalEffect = 'refused' | 'audited'

/** How often this process has refused a move of a tag, or would have, by reason: for the metrics. */
export class TagRefusals {
  readonly #counts = new Map<RefusalReason, Record<RefusalEffect, number>>()

  /** Counts moves of one push. */
  note(effect: RefusalEffect, refusals: readonly { readonly reason: RefusalReason }[]): void {
    for (const { reason } of refusals) {
      const counts = this.#counts.get(reason) ?? { refused: 0, audited: 0 }
      counts[effect] += 1
      this.#counts.set(reason, counts)
    }
  }

  /** The counts so far. */
  read(): { readonly reason: RefusalReason; readonly effect: RefusalEffect; readonly count: number }[] {
    return [...this.#counts].flatMap(([reason, counts]) =>
      (['refused', 'audited'] as const).map((effect) => ({ reason, effect, count: counts[effect] })),
    )
  }
}
