/**
 * What clients saw of one repository, and what the transparency log tells of it. Contents (manifests) have names: the
 * letters of a name are its layers, so that `ab` is `a` with a layer added.
 */

/** Which tags of a repository may be overwritten. */
export interface Policy {
  readonly mode: 'off' | 'audit' | 'enforce'
  /** Names or globs: `*` is any run of characters, `?` is one. */
  readonly exemptTags: readonly string[]
}

/** A request to a repository. */
export type Request =
  /** A push of one manifest under any number of tags; with none, by its digest alone. */
  | {
      readonly kind: 'push'
      readonly tags: readonly string[]
      readonly content: string
      /** `If-None-Match: *`, or `If-Match` with the digest of a content. */
      readonly onlyIf?: 'absent' | { readonly is: string }
    }
  | { readonly kind: 'restore'; readonly tag: string; readonly content: string }
  | { readonly kind: 'copy'; readonly tag: string; readonly content: string }
  | { readonly kind: 'delete'; readonly tag: string; readonly onlyIf?: { readonly is: string } }
  /** An administrator's deletion, with a reason. */
  | { readonly kind: 'forceDelete'; readonly tag: string }
  | { readonly kind: 'deleteContent'; readonly content: string }
  | { readonly kind: 'release'; readonly tag: string }
  /** What is left out stays. */
  | { readonly kind: 'setPolicy'; readonly mode?: Policy['mode']; readonly exemptTags?: readonly string[] }
  /** An opening has a name of the client's own; it ends by hand only. */
  | { readonly kind: 'open'; readonly tag: string; readonly opening: string }
  | { readonly kind: 'close'; readonly opening: string }
  | { readonly kind: 'read'; readonly tag: string }
  | { readonly kind: 'readContent'; readonly content: string }
  | { readonly kind: 'list' }
  | { readonly kind: 'readPolicy' }
  | { readonly kind: 'listReserved' }

/**
 * A request and its answer. It took effect at one moment between `start` and `end` (milliseconds of one clock), if the
 * registry keeps its promise.
 */
export interface Operation {
  readonly request: Request
  readonly start: number
  readonly end: number
  /** As `answerTo` states answers; null: nobody knows. Then it took effect at any time after its start, or never. */
  readonly answer: string | null
}

/** A leaf of the log about one repository. */
export interface LogLeaf {
  /** Null: it is about the policy. */
  readonly tag: string | null
  /** As `answerTo` states leaves. */
  readonly text: string
}

/** All that is known of one repository. */
export interface History {
  /** It began without tags, with this policy. */
  readonly policy: Policy
  readonly operations: readonly Operation[]
  /** In the order of the log, without the leaf of the repository's creation. Null: nobody has read the log. */
  readonly leaves: readonly LogLeaf[] | null
}
