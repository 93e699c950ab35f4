import { AppError, type ErrorDetail } from './errors'

/**
 * The rule, as pure functions. immutability.md is normative; lib/metadata/tags.ts applies it inside the transaction
 * that moves the tag.
 */

/** What a repository's settings say of immutability. */
export interface ImmutabilityRule {
  readonly tagImmutability: boolean
}

/** ACR's only exempt tag: exactly these bytes, case-sensitive. */
const exemptTag = 'latest'

/** Whether `tag` may not be overwritten or deleted under `rule`. Append-only tags count as protected. */
export function isProtected(rule: ImmutabilityRule, tag: string): boolean {
  return rule.tagImmutability && tag !== exemptTag
}

const appendOnlyPattern = /^sha256-[a-f0-9]{64}(?:\.(?:sig|att|sbom))?$/

/**
 * Whether `tag` is one of cosign's or of the referrers fallback (`sha256-<hex>`, `.sig`, `.att`, `.sbom`). In an
 * immutable repository such a tag is append-only: it may move only to a manifest that has every layer or child of the
 * former one. Frozen, it would break signing; exempt, an attacker could strip signatures.
 */
export function isAppendOnly(tag: string): boolean {
  return appendOnlyPattern.test(tag)
}

/** What a push demands of the tag's state before it, by `If-Match` and `If-None-Match` (RFC 9110, section 13.1). */
export type TagPrecondition =
  | { readonly kind: 'none' }
  /** `If-None-Match: *` */
  | { readonly kind: 'absent' }
  /** `If-Match: "<digest>", …`; `*` is `any`. */
  | { readonly kind: 'match'; readonly digests: readonly string[] }
  | { readonly kind: 'any' }

/** Whether the tag (or manifest) that is `current`, null for none, meets the precondition. */
export function meetsPrecondition(precondition: TagPrecondition, current: string | null): boolean {
  switch (precondition.kind) {
    case 'none':
      return true
    case 'absent':
      return current === null
    case 'any':
      return current !== null
    case 'match':
      return current !== null && precondition.digests.includes(current)
  }
}

/** A refused move, with what the client is told. */
export function tagImmutable(detail: {
  repository: string
  tag: string
  currentDigest: string
  pushedDigest: string
}): AppError {
  return new AppError('TAG_IMMUTABLE', { detail: { reason: 'TAG_IMMUTABLE', ...detail } satisfies ErrorDetail })
}
