import type { SearchResultView } from '@/lib/api/schemas/search'
import type { IconName } from '../ui/icon'

/** What the results are grouped by, in their order. */
export const kinds = ['recent', 'tags', 'manifests', 'repositories', 'instances', 'people', 'pages'] as const

/** A group of results. */
export type Kind = (typeof kinds)[number]

/** What stands at the end of a result. */
export type OptionEnd =
  { readonly kind: 'protected' | 'immutable' | 'mutable' } | { readonly kind: 'pushed'; readonly at: string }

/** A result that can be chosen: a page to go to, or something to do. */
export interface Option {
  readonly id: string
  readonly icon: IconName
  readonly text: string
  /** Whether it is code: a tag, a digest. */
  readonly isCode?: boolean
  readonly where: string
  readonly end?: OptionEnd
  readonly href: string
  /** What it does in place of going to `href`. */
  readonly act?: () => void
}

/** The results of one kind. */
export interface OptionGroup {
  readonly kind: Kind
  readonly options: readonly Option[]
  /** How many there are. */
  readonly count: number
  readonly isMore: boolean
}

/** The parts of `text` before, in and after the first place that holds `wanted`, ignoring case; null without one. */
export function partsAround(text: string, wanted: string): readonly [string, string, string] | null {
  const at = wanted === '' ? -1 : text.toLowerCase().indexOf(wanted.toLowerCase())
  // Where lower case has another length, the place would be another one.
  if (at < 0 || text.toLowerCase().length !== text.length) return null
  const end = at + wanted.length
  return [text.slice(0, at), text.slice(at, end), text.slice(end)]
}

/** Whether the text is a whole digest, which leads to its image. */
export function isWholeDigest(text: string): boolean {
  return /^(?:sha256:)?[0-9a-f]{64}$|^(?:sha512:)?[0-9a-f]{128}$/i.test(text)
}

/** The algorithm and as much of a digest as tells it from others, with all that was asked for. */
export function shownDigest(digest: string, wanted: string): string {
  const [algorithm = '', hex = ''] = digest.split(':')
  const asked = wanted.slice(wanted.indexOf(':') + 1).length
  return `${algorithm}:${hex.slice(0, Math.min(Math.max(12, asked), 24))}`
}

/** How many repositories the tags that were found are in. */
export function repositoriesOf(tags: SearchResultView['tags']): number {
  return new Set(tags.items.map(({ repositoryId }) => repositoryId)).size
}
