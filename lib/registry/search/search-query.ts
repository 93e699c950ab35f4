import { isTag } from '@/lib/domain/reference'
import { type Digest, digestAlgorithms, isDigest } from '@/lib/domain/digest'
import type { TextRange } from '@/lib/metadata/search'

/** The tags that a query may mean. */
export interface TagQuery {
  /** Names that are the query itself, which come first. */
  readonly exact: readonly string[]
  readonly ranges: readonly TextRange[]
}

/** The digests that a query may mean. */
export interface DigestQuery {
  /** Those that the query gives whole. */
  readonly whole: readonly Digest[]
  readonly ranges: readonly TextRange[]
}

/** Fewest hexadecimal digits that digests are searched by: fewer match too much. */
const hexMin = 4

const hexLength = { sha256: 64, sha512: 128 } as const

/** How tags begin that belong to another manifest: they are found only by this beginning. */
const technicalPrefixes = ['sha256-', 'sha512-']

/**
 * What a query means as the beginning of a tag: as it is written and in lower case, and with a `v` before it when it
 * begins with a digit.
 */
export function tagQueryOf(text: string): TagQuery {
  const written = [text, text.toLowerCase()]
  const exact = [...new Set([...written, ...written.filter((name) => /^\d/.test(name)).map((name) => `v${name}`)])]
  const tags = exact.filter(isTag)
  return { exact: tags, ranges: tags.flatMap(rangesOfTags) }
}

/** What a query means as the beginning of a digest, with or without its algorithm; null when it cannot be one. */
export function digestQueryOf(text: string): DigestQuery | null {
  const parts = /^(?:(sha256|sha512):)?([0-9a-f]+)$/.exec(text.toLowerCase())
  const [, algorithm, hex = ''] = parts ?? []
  if (hex.length < hexMin) return null
  const possible = digestAlgorithms.filter(
    (known) => (algorithm === undefined || known === algorithm) && hex.length <= hexLength[known],
  )
  const beginnings = possible.map((known) => `${known}:${hex}`)
  return { whole: beginnings.filter(isDigest), ranges: beginnings.map(rangeOf) }
}

/** Texts that begin with `prefix`, which must be ASCII and not empty, in byte order. */
function rangeOf(prefix: string): TextRange {
  const last = prefix.length - 1
  return { from: prefix, to: prefix.slice(0, last) + String.fromCharCode(prefix.charCodeAt(last) + 1) }
}

/** Tags that begin with `prefix`, without technical ones unless it asks for these. */
function rangesOfTags(prefix: string): TextRange[] {
  let ranges = [rangeOf(prefix)]
  for (const technical of technicalPrefixes.filter((beginning) => !prefix.startsWith(beginning))) {
    const hole = rangeOf(technical)
    ranges = ranges.flatMap(({ from, to }) =>
      from <= hole.from && hole.to <= to
        ? [
            { from, to: hole.from },
            { from: hole.to, to },
          ]
        : [{ from, to }],
    )
  }
  return ranges
}
