import type { Context } from '@/lib/context'
import type { TagMoveResult } from '@/lib/metadata/tags'
import { noteAudited } from '@/lib/registry/refused-moves'

/** What came of a restoration or a copy, as the API shows it. */
export interface MovedTag {
  readonly name: string
  readonly digest: string
  /** `unchanged`: the tag pointed there already. */
  readonly outcome: 'created' | 'moved' | 'unchanged'
  /** What the tag pointed at before; null for a new tag. */
  readonly previousDigest: string | null
  /** What the user should know although it succeeded. */
  readonly warnings: string[]
}

/** Returns what came of a move that was not refused; counts one that only mode `audit` let through. */
export function toMovedTag(
  ctx: Pick<Context, 'tagRefusals'>,
  name: string,
  digest: string,
  result: Exclude<TagMoveResult, { readonly outcome: 'refused' }>,
): MovedTag {
  if (result.outcome === 'unchanged')
    return { name, digest, outcome: 'unchanged', previousDigest: digest, warnings: [] }
  return {
    ...{ name, digest, outcome: result.outcome },
    previousDigest: result.outcome === 'moved' ? result.previousDigest : null,
    warnings: noteAudited(ctx, result.wouldBeRefused === undefined ? [] : [result.wouldBeRefused]),
  }
}
