import { AppError, type ErrorDetail } from './errors'

/**
 * The rule, as pure functions. docs/immutability.md is normative; lib/metadata/tags.ts applies it inside the
 * transaction that moves the tag.
 */

/** What a repository does with a push that would overwrite a protected tag. */
export const immutabilityModes = ['off', 'audit', 'enforce'] as const

/** `off`: it takes the push. `audit`: it takes it, records it and warns. `enforce`: it refuses it. */
export type ImmutabilityMode = (typeof immutabilityModes)[number]

/** The repository settings that decide whether tags are immutable: its policy. */
export interface ImmutabilityRule {
  readonly immutabilityMode: ImmutabilityMode
  /** Tags that the policy leaves free: names, or globs (`matchesPattern`). */
  readonly exemptTags: readonly string[]
}

/** What ACR's Immutable leaves free; the exempt tags of a repository whose settings do not say otherwise. */
export const acrExemptTags: readonly string[] = ['latest']

/** Most exempt patterns of one policy. */
export const exemptTagsMax = 20

const exemptTagPattern = /^[A-Za-z0-9._*?-]{1,128}$/

/** Whether `text` can be an exempt tag: a name or a glob of at most 128 characters. */
export function isExemptTagPattern(text: string): boolean {
  return exemptTagPattern.test(text)
}

/**
 * Whether the whole of `tag` matches `pattern`: `*` stands for any run of characters, also an empty one, `?` for
 * exactly one, and every other character for itself, case-sensitive.
 *
 * It goes back to the last `*` only, never to an earlier one. Each character of the tag is thereby compared with each
 * of the pattern at most once: the time is linear in the tag's length, whatever the pattern.
 */
export function matchesPattern(pattern: string, tag: string): boolean {
  let at = 0
  let inTag = 0
  let star = -1
  let afterStar = 0
  while (inTag < tag.length) {
    if (pattern[at] === '*') {
      star = at
      at += 1
      afterStar = inTag
    } else if (pattern[at] === '?' || pattern[at] === tag[inTag]) {
      at += 1
      inTag += 1
    } else if (star >= 0) {
      afterStar += 1
      at = star + 1
      inTag = afterStar
    } else {
      return false
    }
  }
  while (pattern[at] === '*') at += 1
  return at === pattern.length
}

/** Whether the policy leaves `tag` free in every mode. */
export function isExempt({ exemptTags }: Pick<ImmutabilityRule, 'exemptTags'>, tag: string): boolean {
  return exemptTags.some((pattern) => matchesPattern(pattern, tag))
}

/** Whether `tag` may not be overwritten or deleted under `rule`. Append-only tags count as protected. */
export function isProtected(rule: ImmutabilityRule, tag: string): boolean {
  return rule.immutabilityMode === 'enforce' && !isExempt(rule, tag)
}

/** What a request may say of a policy: ACR's check box, or parts of the policy. */
export interface PolicyRequest {
  /** True: mode `enforce`. False: mode `off`. */
  readonly tagImmutability?: boolean | undefined
  readonly immutability?:
    { readonly mode?: ImmutabilityMode | undefined; readonly exemptTags?: readonly string[] | undefined } | undefined
}

/**
 * The policy that a request makes of `current`: what it does not say stays. The check box never changes exempt tags.
 */
export function requestedPolicy(current: ImmutabilityRule, request: PolicyRequest): ImmutabilityRule {
  const { tagImmutability, immutability } = request
  const byCheckBox = tagImmutability === undefined ? current.immutabilityMode : tagImmutability ? 'enforce' : 'off'
  return {
    immutabilityMode: immutability?.mode ?? byCheckBox,
    exemptTags: immutability?.exemptTags ?? current.exemptTags,
  }
}

/** Whether the check box and the policy of one request say the same, or one of them says nothing of the mode. */
export function isConsistentRequest({ tagImmutability, immutability }: PolicyRequest): boolean {
  if (tagImmutability === undefined || immutability?.mode === undefined) return true
  return tagImmutability === (immutability.mode === 'enforce')
}

/** What a request may say of the default of a namespace. Null: it shall have none of its own. */
export interface DefaultRequest {
  readonly defaultTagImmutability?: boolean | undefined
  readonly defaultImmutability?: PolicyRequest['immutability'] | null
}

/** Whether the check box and the default of one request say the same, or one of them says nothing. */
export function isConsistentDefault({ defaultTagImmutability, defaultImmutability }: DefaultRequest): boolean {
  if (defaultImmutability === null) return defaultTagImmutability === undefined
  return isConsistentRequest({ tagImmutability: defaultTagImmutability, immutability: defaultImmutability })
}

/**
 * The default of a namespace that a request makes of its own one (null: it has none) and the one of its instance; null:
 * it has none of its own. A check box that says what is so already does not give the namespace a default of its own.
 */
export function requestedDefault(
  own: ImmutabilityRule | null,
  ofInstance: ImmutabilityRule,
  { defaultTagImmutability: tagImmutability, defaultImmutability: immutability }: DefaultRequest,
): ImmutabilityRule | null {
  if (immutability === null) return null
  const wanted = requestedPolicy(own ?? ofInstance, { tagImmutability, immutability })
  const saysNothingNew = immutability === undefined && wanted.immutabilityMode === ofInstance.immutabilityMode
  return own === null && saysNothingNew ? null : wanted
}

const appendOnlyPattern = /^sha256-[a-f0-9]{64}(?:\.(?:sig|att|sbom))?$/

/**
 * Whether `tag` belongs to cosign or to the referrers fallback (`sha256-<hex>`, `.sig`, `.att`, `.sbom`). In an
 * immutable repository such a tag is append-only: it may move only to a manifest that is the former one with something
 * appended. If it were frozen, signing would break; if it were exempt, an attacker could strip signatures.
 */
export function isAppendOnly(tag: string): boolean {
  return appendOnlyPattern.test(tag)
}

/** The state of the tag that a push requires, by `If-Match` and `If-None-Match` (RFC 9110, section 13.1). */
export type TagPrecondition =
  | { readonly kind: 'none' }
  /** `If-None-Match: *` */
  | { readonly kind: 'absent' }
  /** `If-Match: "<digest>", …`; `*` is `any`. */
  | { readonly kind: 'match'; readonly digests: readonly string[] }
  | { readonly kind: 'any' }

/** Whether the current digest of the tag (or manifest) meets the precondition; null: it does not exist. */
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

/** Why a move is refused. */
export type RefusalReason = 'TAG_IMMUTABLE' | 'TAG_APPEND_ONLY' | 'TAG_RESERVED'

/** Whether an opening of the tag can let a move through that is refused for this reason. */
export function isOpenable(reason: RefusalReason): boolean {
  return reason !== 'TAG_RESERVED'
}

/** The reservation of a tag's name since a protected tag of this name was deleted. */
export interface Reservation {
  /** The digest that the tag had. */
  readonly digest: string
  /**
   * Whether a repository that had the path before made it. Then it counts whatever the settings are: otherwise, anybody
   * who may create the repository again with Immutable off could give the name another meaning.
   */
  readonly isOfFormerRepository: boolean
}

/** What the rule must know beyond the two digests. */
export interface MoveFacts {
  readonly reservation: Reservation | null
  /**
   * Whether the next manifest is the current one with something appended: the same media type, artifact type, subject
   * and media type of the config, and every descriptor of a layer or child manifest at least as often.
   */
  readonly isAppended: boolean
  /** Whether an administrator has opened the tag, and the opening has not ended (`endOfOpening`). */
  readonly isOpened: boolean
}

/** Whether a tag may move, and what the move does. */
export type MoveVerdict =
  | {
      readonly kind: 'allowed'
      readonly effect: 'created' | 'moved' | 'unchanged'
      /** Why mode `enforce` would refuse a move that mode `audit` allows. */
      readonly wouldBeRefused?: RefusalReason
    }
  | { readonly kind: 'refused'; readonly reason: RefusalReason }

/**
 * The rule: whether `tag`, which points at `current` (null: there is no such tag), may point at `next`. The statement
 * of `moveTag` (lib/metadata/tags.ts) decides by the same rule inside the database; a property test compares the two.
 *
 * The same digest is always allowed: clients repeat pushes, and a repetition changes nothing. Mode `audit` allows what
 * mode `off` allows, and tells what mode `enforce` would refuse. An opening lets a protected tag move as mode `off`
 * would, and counts in mode `enforce` only: a reserved name stays reserved.
 */
export function judgeMove(
  rule: ImmutabilityRule,
  tag: string,
  current: string | null,
  next: string,
  facts: MoveFacts,
): MoveVerdict {
  if (rule.immutabilityMode !== 'audit') {
    const verdict = judgeInForce(rule, tag, current, next, facts)
    const isHelped = facts.isOpened && verdict.kind === 'refused' && isOpenable(verdict.reason)
    return isHelped ? judgeInForce(inMode(rule, 'off'), tag, current, next, facts) : verdict
  }
  const verdict = judgeInForce(inMode(rule, 'off'), tag, current, next, facts)
  if (verdict.kind === 'refused') return verdict
  const enforced = judgeInForce(inMode(rule, 'enforce'), tag, current, next, facts)
  return enforced.kind === 'refused' ? { ...verdict, wouldBeRefused: enforced.reason } : verdict
}

/** The same settings with another mode. */
export function inMode<Rule extends ImmutabilityRule>(rule: Rule, immutabilityMode: ImmutabilityMode): Rule {
  return { ...rule, immutabilityMode }
}

function judgeInForce(
  rule: ImmutabilityRule,
  tag: string,
  current: string | null,
  next: string,
  facts: MoveFacts,
): MoveVerdict {
  if (current === next) return { kind: 'allowed', effect: 'unchanged' }
  const effect = current === null ? 'created' : 'moved'
  const { reservation, isAppended } = facts
  const isFree = !isProtected(rule, tag)
  if (isFree && reservation?.isOfFormerRepository !== true) return { kind: 'allowed', effect }
  if (current === null) {
    const isReserved = reservation !== null && reservation.digest !== next
    return isReserved ? { kind: 'refused', reason: 'TAG_RESERVED' } : { kind: 'allowed', effect }
  }
  if (isAppendOnly(tag) && isAppended) return { kind: 'allowed', effect }
  if (isFree) return { kind: 'refused', reason: 'TAG_RESERVED' }
  // Of several signers at the same time, each writes what it read and its own signature. The second one would drop the
  // signature of the first, and has to read again.
  return { kind: 'refused', reason: isAppendOnly(tag) ? 'TAG_APPEND_ONLY' : 'TAG_IMMUTABLE' }
}

/** A move that the rule refused: what the ledger records. */
export interface TagRefusal {
  readonly reason: RefusalReason
  readonly tag: string
  /** What the tag points at, or the digest that its name is reserved for. */
  readonly currentDigest: string
  readonly pushedDigest: string
}

/** The error that a client gets for a refused move in the repository `repository` (`<namespace>/<name>`). */
export function refusalError(repository: string, { reason, tag, currentDigest, pushedDigest }: TagRefusal): AppError {
  const detail: ErrorDetail = { reason, repository, tag, currentDigest, pushedDigest }
  return new AppError(reason, { detail })
}
