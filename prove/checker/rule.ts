import type { Policy, Request } from './history'

/*
 * The rule of immutable tags (docs/immutability.md) once more, as a registry that does one thing at a time. It shares no
 * code with the registry: an error there is not repeated here.
 */

/** What the registry knows of one name. */
interface Name {
  /** The content that the tag points at; null: there is no such tag. */
  readonly points: string | null
  /** The content that the name is reserved for since an administrator deleted the tag. */
  readonly reserved: string | null
  /** The opening that lets the tag be overwritten. */
  readonly opening: string | null
  /** Every content that the tag ever had, in alphabetical order. */
  readonly had: readonly string[]
}

const unknownName: Name = { points: null, reserved: null, opening: null, had: [] }

/** What a registry knows of a repository. */
export interface State {
  readonly policy: Policy
  readonly names: Readonly<Record<string, Name>>
  /** The contents that are there, in alphabetical order. */
  readonly stored: readonly string[]
}

/** What a request comes to. */
export interface Step {
  /** `done`, with what it says more, or the reason of a refusal; for reads, what they find. */
  readonly answer: string
  readonly state: State
  /** What the log tells of it. */
  readonly leaves: readonly { readonly tag: string | null; readonly text: string }[]
}

/** A repository that was made just now. `tags` are all names that requests will use. */
export function newRepository(policy: Policy, tags: readonly string[]): State {
  return { policy, names: Object.fromEntries([...tags].sort().map((tag) => [tag, unknownName])), stored: [] }
}

/** Whether a request with this answer changed nothing, in whatever state it came. */
export function changesNothing({ kind }: Request, answer: string): boolean {
  return kind.startsWith('read') || kind.startsWith('list') || !answer.startsWith('done')
}

/** What a registry in this state answers to a request, and what comes of it. */
export function answerTo(state: State, request: Request): Step {
  const answer = (text: string): Step => ({ answer: text, state, leaves: [] })
  switch (request.kind) {
    case 'push':
      return push(state, request)
    case 'restore': {
      const { tag, content } = request
      if (!nameOf(state, tag).had.includes(content)) return answer('DIGEST_NOT_IN_HISTORY')
      if (!state.stored.includes(content)) return answer('MANIFEST_GONE')
      return moveOne(state, tag, content, 'restored')
    }
    case 'copy': {
      const { tag, content } = request
      if (!state.stored.includes(content)) return answer('MANIFEST_UNKNOWN')
      return moveOne(state, tag, content, 'moved')
    }
    case 'delete': {
      const { tag, onlyIf } = request
      const { points } = nameOf(state, tag)
      if (points === null) return answer('MANIFEST_UNKNOWN')
      if (onlyIf !== undefined && onlyIf.is !== points) return answer('PRECONDITION_FAILED')
      if (isProtected(state.policy, tag)) return answer('TAG_UNDELETABLE')
      return { answer: 'done', ...remove(state, tag) }
    }
    case 'forceDelete': {
      const { tag } = request
      const { points } = nameOf(state, tag)
      if (points === null) return answer('NOT_FOUND')
      const kept = isProtected(state.policy, tag) ? withName(state, tag, { reserved: points }) : state
      return { answer: 'done', ...remove(kept, tag) }
    }
    case 'deleteContent': {
      const { content } = request
      const tags = tagsOf(state).filter((tag) => nameOf(state, tag).points === content)
      if (tags.some((tag) => isProtected(state.policy, tag))) return answer('TAG_UNDELETABLE')
      if (!state.stored.includes(content)) return answer('MANIFEST_UNKNOWN')
      const left = { ...state, stored: state.stored.filter((other) => other !== content) }
      return inTurn(left, tags, remove)
    }
    case 'release': {
      const { reserved } = nameOf(state, request.tag)
      if (reserved === null) return answer('NOT_FOUND')
      return {
        answer: 'done',
        state: withName(state, request.tag, { reserved: null }),
        leaves: [{ tag: request.tag, text: `released ${reserved}` }],
      }
    }
    case 'setPolicy': {
      const { mode = state.policy.mode, exemptTags = state.policy.exemptTags } = request
      const [before, after] = [textOfPolicy(state.policy), textOfPolicy({ mode, exemptTags })]
      if (before === after) return answer('done')
      const leaves = [{ tag: null, text: `${after}, before: ${before}` }]
      return { answer: 'done', state: { ...state, policy: { mode, exemptTags } }, leaves }
    }
    case 'open': {
      const { tag, opening } = request
      const { points, opening: other } = nameOf(state, tag)
      if (points === null) return answer('NOT_FOUND')
      if (!isProtected(state.policy, tag)) return answer('TAG_NOT_PROTECTED')
      if (other !== null) return answer('ALREADY_OPEN')
      const leaves = [{ tag, text: `opened ${points}` }]
      return { answer: 'done', state: withName(state, tag, { opening }), leaves }
    }
    case 'close': {
      const tag = Object.keys(state.names).find((name) => nameOf(state, name).opening === request.opening)
      if (tag === undefined) return answer('done')
      const leaves = [{ tag, text: `closed ${nameOf(state, tag).points}` }]
      return { answer: 'done', state: withName(state, tag, { opening: null }), leaves }
    }
    case 'read':
      return answer(nameOf(state, request.tag).points ?? 'none')
    case 'readContent':
      return answer(state.stored.includes(request.content) ? request.content : 'none')
    case 'list':
      return answer(tagsOf(state).join(' '))
    case 'readPolicy':
      return answer(textOfPolicy(state.policy))
    case 'listReserved':
      return answer(
        Object.keys(state.names)
          .sort()
          .flatMap((tag) => (nameOf(state, tag).reserved === null ? [] : `${tag}=${nameOf(state, tag).reserved}`))
          .join(' '),
      )
  }
}

/** A policy in words. */
export function textOfPolicy({ mode, exemptTags }: Policy): string {
  return `${mode} except ${exemptTags.join(' ') || 'nothing'}`
}

/** A push moves all of its tags or none, and leaves nothing where it moves none. */
function push(state: State, { tags, content, onlyIf }: Extract<Request, { kind: 'push' }>): Step {
  const nothing = { state, leaves: [] }
  if (onlyIf !== undefined) {
    const isMet = (points: string | null) => (onlyIf === 'absent' ? points === null : points === onlyIf.is)
    if (!tags.every((tag) => isMet(nameOf(state, tag).points))) return { answer: 'PRECONDITION_FAILED', ...nothing }
  }
  // In alphabetical order, so that the reason of a refusal is that of the first tag.
  const sorted = [...tags].sort()
  const refusals = sorted.flatMap((tag) => whyRefused(state, tag, content) ?? [])
  if (refusals[0] !== undefined) return { answer: refusals[0], ...nothing }
  const stored = { ...state, stored: [...new Set([...state.stored, content])].sort() }
  const warned = sorted.filter((tag) => isWarned(state, tag, content)).length
  const step = inTurn(stored, sorted, (before, tag) => move(before, tag, content, 'moved'))
  return { ...step, answer: doneWith(warned) }
}

function moveOne(state: State, tag: string, content: string, how: 'moved' | 'restored'): Step {
  const reason = whyRefused(state, tag, content)
  if (reason !== null) return { answer: reason, state, leaves: [] }
  return { answer: doneWith(isWarned(state, tag, content) ? 1 : 0), ...move(state, tag, content, how) }
}

/** How a push that is done is answered: with a warning for each tag that mode `enforce` would have refused. */
export function doneWith(warnings: number): string {
  return warnings === 0 ? 'done' : `done, ${warnings} warned`
}

function isWarned(state: State, tag: string, content: string): boolean {
  const enforced: State = { ...state, policy: { ...state.policy, mode: 'enforce' } }
  return state.policy.mode === 'audit' && whyForbidden(enforced, tag, content) !== null
}

function whyRefused(state: State, tag: string, content: string): string | null {
  const reason = whyForbidden(state, tag, content)
  const isOpen = nameOf(state, tag).opening !== null && reason !== 'TAG_RESERVED'
  return isOpen ? null : reason
}

/** The rule itself, without openings. */
function whyForbidden({ policy, names }: State, tag: string, content: string): string | null {
  const { points, reserved } = nameOf({ names }, tag)
  if (points === content || !isProtected(policy, tag)) return null
  if (points === null) return reserved === null || reserved === content ? null : 'TAG_RESERVED'
  if (!isAppendOnly(tag)) return 'TAG_IMMUTABLE'
  return appends(points, content) ? null : 'TAG_APPEND_ONLY'
}

function isProtected({ mode, exemptTags }: Policy, tag: string): boolean {
  return mode === 'enforce' && !exemptTags.some((pattern) => matches(pattern, tag))
}

/** Whether the whole of `tag` matches the glob. */
function matches(pattern: string, tag: string): boolean {
  if (pattern === '') return tag === ''
  const rest = pattern.slice(1)
  if (pattern.startsWith('*')) return matches(rest, tag) || (tag !== '' && matches(pattern, tag.slice(1)))
  return tag !== '' && (pattern.startsWith('?') || pattern[0] === tag[0]) && matches(rest, tag.slice(1))
}

function isAppendOnly(tag: string): boolean {
  return /^sha256-[0-9a-f]{64}(\.(sig|att|sbom))?$/.test(tag)
}

/** Whether `next` has every layer of `former`, each at least as often. */
function appends(former: string, next: string): boolean {
  const count = (text: string, letter: string) => text.split(letter).length
  return Array.from(former).every((letter) => count(next, letter) >= count(former, letter))
}

function move(state: State, tag: string, content: string, how: 'moved' | 'restored'): Omit<Step, 'answer'> {
  const { points, reserved, had } = nameOf(state, tag)
  if (points === content) return { state, leaves: [] }
  const verb = how === 'restored' ? 'restored' : points === null ? 'created' : 'moved'
  const text = `${verb} ${points === null ? '' : `${points} to `}${content}`
  // A name that has come to mean something else is reserved no longer.
  const kept = reserved === content ? reserved : null
  const after = { points: content, reserved: kept, had: [...new Set([...had, content])].sort() }
  return { state: withName(state, tag, after), leaves: [{ tag, text }] }
}

function remove(state: State, tag: string): Omit<Step, 'answer'> {
  const { points } = nameOf(state, tag)
  return { state: withName(state, tag, { points: null }), leaves: [{ tag, text: `deleted ${points}` }] }
}

function inTurn(
  state: State,
  tags: readonly string[],
  work: (state: State, tag: string) => Omit<Step, 'answer'>,
): Step {
  let [now, leaves]: [State, Step['leaves']] = [state, []]
  for (const tag of tags) {
    const step = work(now, tag)
    ;[now, leaves] = [step.state, [...leaves, ...step.leaves]]
  }
  return { answer: 'done', state: now, leaves }
}

function nameOf({ names }: Pick<State, 'names'>, tag: string): Name {
  return names[tag] ?? unknownName
}

function tagsOf(state: State): string[] {
  return Object.keys(state.names)
    .filter((tag) => nameOf(state, tag).points !== null)
    .sort()
}

function withName(state: State, tag: string, change: Partial<Name>): State {
  return { ...state, names: { ...state.names, [tag]: { ...nameOf(state, tag), ...change } } }
}
