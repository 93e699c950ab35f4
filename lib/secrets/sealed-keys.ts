import { type KeyObject, hkdfSync } from 'node:crypto'
import { AppError } from '@/lib/domain/errors'
import { type KeyName, type KeyStore, KeysError } from './key-store'
import { SecretBox } from './secret-box'

/** A key as the database has it. */
export interface SealedKey {
  readonly name: string
  /** Counts the changes of the key, from 1. */
  readonly version: number
  /** Names the STELE_SECRET_KEY that it is sealed with. */
  readonly sealedWith: string
  readonly sealed: string
}

/** What changes keys: no other change runs beside it. */
export interface KeyChange {
  readonly keys: readonly SealedKey[]
  readonly put: (key: SealedKey) => Promise<void>
  /** The transaction. */
  readonly within: object
}

/** The table of the keys. */
export interface KeyTable {
  find(name: string): Promise<SealedKey | null>
  list(): Promise<readonly SealedKey[]>
  /** Runs `work` in a transaction. */
  change<T>(work: (change: KeyChange) => Promise<T>): Promise<T>
}

/** The values of STELE_SECRET_KEY and STELE_SECRET_KEY_PREVIOUS. */
export interface SecretKeys {
  readonly current: KeyObject
  readonly previous: KeyObject | null
}

/** A STELE_SECRET_KEY at work. */
interface Wrap {
  /** Tells nothing of the key. */
  readonly name: string
  readonly box: SecretBox
}

/** Those that were always made together. */
const firstNames = ['secrets', 'registry-tokens'] as const

/** The one that a database of an earlier version does not have yet. */
const laterName = 'transparency-log'

/** What keys are made from. */
export interface NewKeys {
  /** All keys, for a database without any. */
  readonly all: () => Promise<Readonly<Record<KeyName, Buffer>>>
  /** The key of transparency logs, for a database that has the others; null when it must be there already. */
  readonly forLogs: () => Promise<Buffer | null>
}

/**
 * Seals and opens keys with STELE_SECRET_KEY. A key opens only under its own name and version: a row copied to another
 * name, or one of a former version under a new number, is refused.
 */
export class KeySealer {
  readonly #wraps: readonly [Wrap, ...Wrap[]]

  constructor({ current, previous }: SecretKeys) {
    this.#wraps = [toWrap(current), ...(previous === null ? [] : [toWrap(previous)])]
  }

  seal(name: KeyName, version: number, content: Buffer): SealedKey {
    return seal(this.#wraps[0], name, version, content)
  }

  /** Seals new content with what the former one was, so that all servers which could read that can read it. */
  sealAs(former: SealedKey, content: Buffer): SealedKey {
    return seal(this.#wrapOf(former), former.name, former.version + 1, content)
  }

  /** Seals the same content with the current STELE_SECRET_KEY. */
  reseal(key: SealedKey): SealedKey {
    return seal(this.#wraps[0], key.name, key.version + 1, this.open(key))
  }

  isCurrent({ sealedWith }: SealedKey): boolean {
    return sealedWith === this.#wraps[0].name
  }

  /** Returns the content. Throws a KeysError when it was sealed with another STELE_SECRET_KEY, or was changed. */
  open(key: SealedKey): Buffer {
    const { box } = this.#wrapOf(key)
    try {
      return Buffer.from(box.open(key.sealed, ownerOf(key)), 'base64')
    } catch {
      throw new KeysError(
        `The key ${key.name} in the database is damaged: its row was changed or cut off; restore it from a backup`,
      )
    }
  }

  /** Throws a KeysError unless these are all keys, but perhaps for that of transparency logs, and each can be opened. */
  check(keys: readonly SealedKey[]): void {
    for (const name of firstNames) this.open(keys.find((one) => one.name === name) ?? missing(name))
    const later = keys.find(({ name }) => name === laterName)
    if (later !== undefined) this.open(later)
  }

  #wrapOf(key: SealedKey): Wrap {
    const wrap = this.#wraps.find(({ name }) => name === key.sealedWith)
    if (wrap !== undefined) return wrap
    throw new KeysError(
      `STELE_SECRET_KEY: the keys in the database are sealed with another one (its name is ${key.sealedWith}, that of ` +
        `this one ${this.#wraps[0].name}): set what the other servers of this database have; nothing was changed`,
    )
  }
}

/**
 * Keys in the database, sealed with STELE_SECRET_KEY: all servers over the database have them. A process refuses a version
 * of a key that is not above what it has seen.
 */
export class SealedKeys implements KeyStore {
  readonly #table: KeyTable
  readonly #sealer: KeySealer
  readonly #seen = new Map<KeyName, SealedKey>()

  constructor(table: KeyTable, secretKeys: SecretKeys) {
    this.#table = table
    this.#sealer = new KeySealer(secretKeys)
  }

  /**
   * Makes the keys that the database does not have. Otherwise checks that all can be opened. Of several servers that start
   * at once, one makes them. Returns whether it made all. Throws a KeysError.
   */
  prepare({ all, forLogs }: NewKeys): Promise<boolean> {
    return this.#table.change(async ({ keys, put }) => {
      if (keys.length > 0) {
        this.#sealer.check(keys)
        if (keys.some(({ name }) => name === laterName)) return false
        await put(this.#sealer.seal(laterName, 1, (await forLogs()) ?? missing(laterName)))
        return false
      }
      const contents = await all()
      for (const name of [...firstNames, laterName] as const) await put(this.#sealer.seal(name, 1, contents[name]))
      return true
    })
  }

  /** Whether all keys are sealed with the current STELE_SECRET_KEY, not with the previous one. */
  async areCurrent(): Promise<boolean> {
    return (await this.#table.list()).every((key) => this.#sealer.isCurrent(key))
  }

  /**
   * Seals all keys with the current STELE_SECRET_KEY. Returns how many were sealed with the previous one; if none was,
   * nothing is recorded. Throws a KeysError.
   */
  reseal(record: (within: object) => Promise<void>): Promise<number> {
    return this.#table.change(async ({ keys, put, within }) => {
      this.#sealer.check(keys)
      const former = keys.filter((key) => !this.#sealer.isCurrent(key))
      for (const key of former) await put(this.#sealer.reseal(key))
      if (former.length > 0) await record(within)
      return former.length
    })
  }

  async read(name: KeyName): Promise<Buffer> {
    const key = await this.#look(name)
    try {
      return this.#sealer.open(key)
    } catch (cause) {
      throw new AppError('UNAVAILABLE', { cause })
    }
  }

  async markOf(name: KeyName): Promise<string> {
    return (await this.#look(name)).sealed
  }

  replace(name: KeyName, next: (current: Buffer) => Buffer, record: (within: object) => Promise<void>): Promise<void> {
    return this.#table.change(async ({ keys, put, within }) => {
      const key = keys.find((one) => one.name === name) ?? missing(name)
      await put(this.#sealer.sealAs(key, next(this.#sealer.open(key))))
      await record(within)
    })
  }

  /** Reads a row. One of before could bring back a key that has leaked and was replaced. */
  async #look(name: KeyName): Promise<SealedKey> {
    const key = await this.#table.find(name)
    const seen = this.#seen.get(name)
    const isBack =
      key !== null &&
      seen !== undefined &&
      (key.version < seen.version || (key.version === seen.version && key.sealed !== seen.sealed))
    if (key === null || isBack) {
      const problem =
        key === null
          ? `The key ${name} is missing in the database`
          : `The key ${name} in the database went back to an earlier version (${key.version}, after ${seen?.version})`
      throw new AppError('UNAVAILABLE', {
        cause: new KeysError(`${problem}: after a restoration, restart the servers`),
      })
    }
    this.#seen.set(name, key)
    return key
  }
}

function missing(name: KeyName): never {
  throw new KeysError(`The key ${name} is missing in the database, which has another one: restore it from a backup`)
}

function seal({ name: sealedWith, box }: Wrap, name: string, version: number, content: Buffer): SealedKey {
  return { name, version, sealedWith, sealed: box.seal(content.toString('base64'), ownerOf({ name, version })) }
}

function ownerOf({ name, version }: Pick<SealedKey, 'name' | 'version'>): string {
  return `key ${name}, version ${version}`
}

function toWrap(secret: KeyObject): Wrap {
  const derive = (purpose: string, length: number) =>
    Buffer.from(hkdfSync('sha256', secret, '', `stele keys in the database: ${purpose}`, length))
  return { name: derive('name', 6).toString('hex'), box: new SecretBox(derive('seal', 32)) }
}
