import type { Leaf, LeafPolicy } from '@/lib/domain/transparency/leaf'

/**
 * Histories of a registry that keeps the rule, as leaves. What it allows is written here by hand, not asked of
 * `judgeMove`: the verifier that is tested asks that.
 */

interface Repository {
  readonly id: string
  readonly path: string
  policy: LeafPolicy
  readonly tags: Map<string, string>
  /** Until when tags are open, in milliseconds. */
  readonly open: Map<string, number>
}

interface Reserved {
  readonly digest: string
  readonly repositoryId: string
}

/** `sha256:` and this number. */
export function digestOf(n: number): string {
  return `sha256:${n.toString(16).padStart(64, '0')}`
}

/** Policies of both kinds of exemption, with names and with globs. */
const policies: readonly LeafPolicy[] = [
  { mode: 'enforce', exemptTags: ['latest'] },
  { mode: 'off', exemptTags: ['latest'] },
  { mode: 'audit', exemptTags: ['latest'] },
  { mode: 'enforce', exemptTags: [] },
  { mode: 'enforce', exemptTags: ['latest', 'v?', 'nightly-*'] },
]

const tagNames = ['latest', 'v1', 'v2', 'v10', 'nightly-1', 'nightly-2', 'stable', `sha256-${'b'.repeat(64)}.sig`]

function isExempt({ exemptTags }: LeafPolicy, tag: string): boolean {
  if (exemptTags.includes(tag)) return true
  return exemptTags.includes('v?') && (/^v.$/.test(tag) || tag.startsWith('nightly-'))
}

/** A registry that writes leaves. */
export class TagHistory {
  readonly leaves: Leaf[] = []
  #seed: number
  #now = Date.parse('2026-11-29T00:00:00.000Z')
  #ids = 0
  #digests = 0
  #made = 0
  readonly #repositories = new Map<string, Repository>()
  readonly #reserved = new Map<string, Reserved>()

  /** `batch`: what there was before the log started. */
  constructor(seed: number, batch: readonly Leaf[] = []) {
    this.#seed = seed
    this.leaves.push(...batch, { kind: 'started', time: this.#time() })
  }

  /** Does `count` things that are allowed, or a few more. */
  run(count: number, repositories = 5): readonly Leaf[] {
    const end = this.leaves.length + count
    while (this.leaves.length < end) this.step(`team/app-${this.#below(repositories)}`)
    return this.leaves
  }

  /** Does one thing that is allowed in the repository with this path, if the thing that it comes upon is. */
  step(path: string): void {
    const repository = this.#repositories.get(path)
    if (repository === undefined) {
      this.createRepository(path, policies[this.#below(policies.length)])
      return
    }
    const dice = this.#below(100)
    const tag = tagNames[this.#below(tagNames.length)] as string
    if (dice < 60) this.push(repository, tag)
    else if (dice < 70) this.delete(repository, tag)
    else if (dice < 78) this.setPolicy(repository, policies[this.#below(policies.length)] as LeafPolicy)
    else if (dice < 84) this.release(repository, tag)
    else if (dice < 92) this.open(repository, tag)
    else if (dice < 99) this.close(repository, tag)
    else this.deleteRepository(repository)
  }

  createRepository(path: string, policy: LeafPolicy = { mode: 'enforce', exemptTags: ['latest'] }): Repository {
    const repository = { id: `crr-${++this.#made}`, path, policy, tags: new Map(), open: new Map() }
    this.#repositories.set(path, repository)
    this.leaves.push({ kind: 'policy', ...this.#of(repository), policy, former: null })
    return repository
  }

  setPolicy(repository: Repository, policy: LeafPolicy): void {
    this.leaves.push({ kind: 'policy', ...this.#of(repository), policy, former: repository.policy })
    repository.policy = policy
  }

  /** Pushes a new digest if the rule lets it, or what the name is reserved for. */
  push(repository: Repository, tag: string): void {
    const { tags } = repository
    const current = tags.get(tag)
    const reserved = this.#reserved.get(`${repository.path}:${tag}`)
    const isOfFormer = reserved !== undefined && reserved.repositoryId !== repository.id
    const isProtected = this.#isProtected(repository, tag)
    let digest = digestOf(++this.#digests)
    if (current === undefined) {
      if (reserved !== undefined && (isOfFormer || isProtected)) digest = reserved.digest
      this.#event(repository, tag, { kind: 'created', digest })
    } else {
      const isSignature = tag.startsWith('sha256-')
      const isOpen = (repository.open.get(tag) ?? 0) > this.#now + 1000 && isProtected && !isOfFormer
      if ((isProtected || isOfFormer) && !isOpen && !isSignature) return
      const kind = this.#below(4) === 0 ? 'restored' : 'moved'
      this.#event(repository, tag, { kind, digest, previousDigest: current })
    }
    tags.set(tag, digest)
    if (reserved !== undefined && !isOfFormer && reserved.digest !== digest) {
      this.#reserved.delete(`${repository.path}:${tag}`)
    }
  }

  delete(repository: Repository, tag: string): void {
    const digest = repository.tags.get(tag)
    if (digest === undefined) return
    this.#event(repository, tag, { kind: 'deleted', digest })
    repository.tags.delete(tag)
    const key = `${repository.path}:${tag}`
    if (!this.#isProtected(repository, tag)) return
    this.#reserved.set(key, { digest, repositoryId: this.#reserved.get(key)?.repositoryId ?? repository.id })
  }

  release(repository: Repository, tag: string): void {
    const key = `${repository.path}:${tag}`
    const reserved = this.#reserved.get(key)
    if (reserved === undefined) return
    this.#event(repository, tag, { kind: 'released', digest: reserved.digest })
    this.#reserved.delete(key)
  }

  open(repository: Repository, tag: string, minutes = 1 + this.#below(60)): void {
    const digest = repository.tags.get(tag)
    if (digest === undefined || repository.open.has(tag) || !this.#isProtected(repository, tag)) return
    const end = this.#now + 1000 + minutes * 60_000
    repository.open.set(tag, end)
    this.#event(repository, tag, { kind: 'opened', digest, closesAt: new Date(end).toISOString() })
  }

  close(repository: Repository, tag: string): void {
    if (!repository.open.delete(tag)) return
    this.#event(repository, tag, { kind: 'closed', digest: repository.tags.get(tag) ?? null, how: 'HAND' })
  }

  deleteRepository(repository: Repository): void {
    for (const tag of [...repository.tags.keys()]) this.delete(repository, tag)
    this.leaves.push({ kind: 'repositoryDeleted', ...this.#of(repository) })
    this.#repositories.delete(repository.path)
  }

  #isProtected({ policy }: Repository, tag: string): boolean {
    return policy.mode === 'enforce' && !isExempt(policy, tag)
  }

  #event(repository: Repository, tag: string, event: object): void {
    // Ids of the ledger have gaps.
    this.#ids += 1 + this.#below(3)
    this.leaves.push({ ...event, ...this.#of(repository), tag, id: this.#ids } as Leaf)
  }

  #of({ id, path }: Repository) {
    return { repositoryId: id, repository: path, time: this.#time() }
  }

  #time(): string {
    this.#now += 1000
    return new Date(this.#now).toISOString()
  }

  /** A number from 0 up to this one; the same for the same seed. */
  #below(limit: number): number {
    this.#seed = (Math.imul(this.#seed, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((this.#seed / 2 ** 32) * limit)
  }
}
