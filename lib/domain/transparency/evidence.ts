import { z } from 'zod'

/**
 * Evidence of one tag: what the log tells of it, with the proofs that it is in the log. It is verified without the
 * server (`npm run stele -- log verify <file>`), and described in docs/transparency.md.
 */

const hash = z.base64().length(44).meta({ description: 'A hash: 32 bytes in base64' })
const digest = z.string().nullable()

/** What leaves tell of a tag. */
export const evidenceVerdict = z.object({
  digest: digest.meta({ description: 'What the tag points at; null: there is no such tag' }),
  since: z.iso.datetime().nullable().meta({ description: 'Since when; null: no leaf tells' }),
  leaf: z.int().min(0).nullable().meta({ description: 'The leaf that says so' }),
  moves: z.int().min(0).meta({ description: 'How often it was created, moved or restored since the log started' }),
  isProtected: z.boolean().meta({ description: 'Whether the policy in force does not let it be overwritten' }),
})
export type EvidenceVerdict = z.infer<typeof evidenceVerdict>

/** The file. */
export const evidence = z.object({
  format: z.literal('stele-evidence/v1'),
  repository: z.string(),
  tag: z.string(),
  checkpoint: z.string().meta({ description: 'The signed checkpoint, with the cosignatures of witnesses' }),
  leaves: z
    .array(
      z.object({
        index: z.int().min(0),
        leaf: z.string().meta({ description: 'The line of the log' }),
        proof: z.array(hash).max(64).meta({ description: 'Its inclusion proof (RFC 6962) in the checkpoint’s tree' }),
      }),
    )
    .meta({ description: 'All leaves of the tag, of its repository’s policy and deletion, and the start of the log' }),
  served: digest.meta({ description: 'What the registry answers for the tag, by its database; null: no such tag' }),
  verdict: evidenceVerdict,
})
export type Evidence = z.infer<typeof evidence>

/** Whether evidence of a tag has this leaf. */
export function isEvidenceOf(
  leaf: { readonly kind: string; readonly repository?: string; readonly tag?: string },
  { repository, tag }: { readonly repository: string; readonly tag: string },
): boolean {
  if (leaf.kind === 'started') return true
  return leaf.repository === repository && (leaf.tag === undefined || leaf.tag === tag)
}
