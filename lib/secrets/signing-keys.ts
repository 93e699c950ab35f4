import { type KeyObject, createPrivateKey, generateKeyPairSync, randomBytes } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import { type CryptoKey, type JWK, importJWK } from 'jose'
import type { KeyStore } from './key-store'

/** The algorithm that signs registry tokens, and the only one that is accepted. */
export const signingAlgorithm = 'EdDSA'

/** How long a retired key still verifies: longer than the lifetime of the last token it may have signed, an hour. */
const retiredForMs = 65 * 60 * 1000

/** How long a change of the keys may go unnoticed, in milliseconds; a token with an unknown key has them checked. */
const checkEveryMs = 1000

/** How often tokens with unknown keys, which cost a caller nothing to make, may have the keys checked, in milliseconds. */
const checkUnknownEveryMs = 50

const storeName = 'registry-tokens'

/** A stored key: a JSON Web Key (RFC 8037) and when it was retired. */
interface StoredKey {
  readonly jwk: JWK & { readonly kid: string }
  /** UTC, ISO 8601; null while it signs. A retired key has no private part. */
  readonly retiredAt: string | null
}

/** A key that signs tokens, and its name. */
export interface SigningKey {
  readonly id: string
  readonly key: KeyObject
}

interface LoadedKeys {
  /** Changes with the stored keys. */
  readonly mark: string
  readonly signing: SigningKey
  readonly verifying: ReadonlyMap<string, { readonly key: CryptoKey; readonly endsAtMs: number }>
}

/**
 * The keys that sign and verify registry tokens. One key signs; retired keys verify until the last token they signed has
 * expired. Keys that have changed are read again, so a rotation needs no restart.
 */
export class SigningKeys {
  readonly #store: KeyStore
  readonly #onChange: () => void
  #loaded: LoadedKeys | null = null
  #checkedAtMs = 0
  #checking: Promise<LoadedKeys> | null = null
  /** A check that starts later. */
  #checkingNext: Promise<LoadedKeys> | null = null

  /** `onChange` is called when changed keys have been read. */
  constructor(store: KeyStore, onChange: () => void = () => undefined) {
    this.#store = store
    this.#onChange = onChange
  }

  /** Returns the key that signs now. */
  async signing(): Promise<SigningKey> {
    return (await this.#keys()).signing
  }

  /**
   * Returns the key with this name if it still verifies, else null. Finds a key that another process has just created.
   */
  async verifying(id: string): Promise<CryptoKey | null> {
    const known = (await this.#keys()).verifying.get(id)
    const found = known ?? (await this.#checkAgain()).verifying.get(id)
    return found !== undefined && Date.now() < found.endsAtMs ? found.key : null
  }

  /** Whether the keys were checked within the last second. */
  areFresh(): boolean {
    return this.#loaded !== null && performance.now() - this.#checkedAtMs < checkEveryMs
  }

  /** Checks the keys for a change, unless they were checked within the last second. */
  async refresh(): Promise<void> {
    await this.#keys()
  }

  async #keys(): Promise<LoadedKeys> {
    return this.#loaded !== null && this.areFresh() ? this.#loaded : this.#check()
  }

  #check(): Promise<LoadedKeys> {
    return (this.#checking ??= this.#read().finally(() => (this.#checking = null)))
  }

  /** A check that starts from now on: one that runs may have read before the key was made. All who wait share it. */
  #checkAgain(): Promise<LoadedKeys> {
    return (this.#checkingNext ??= this.#wait().then(() => {
      this.#checkingNext = null
      return this.#check()
    }))
  }

  async #wait(): Promise<void> {
    await this.#checking?.catch(() => undefined)
    const waitMs = this.#checkedAtMs + checkUnknownEveryMs - performance.now()
    if (waitMs > 0) await setTimeout(waitMs)
    // One that has started meanwhile.
    await this.#checking?.catch(() => undefined)
  }

  async #read(): Promise<LoadedKeys> {
    const mark = await this.#store.markOf(storeName)
    const before = this.#loaded
    if (before === null || before.mark !== mark) {
      const keys = parse(await this.#store.read(storeName, createSigningKeys))
      // Without a mark there was none: it was made now, and has one from now on.
      this.#loaded = await load(keys, mark ?? '')
      if (before !== null) this.#onChange()
    }
    this.#checkedAtMs = performance.now()
    return this.#loaded as LoadedKeys
  }
}

/** What a rotation does with the keys that signed until then. */
export interface RotationOptions {
  /** Refuses the tokens that they signed, because one of them has leaked. Otherwise these stay valid until they expire. */
  readonly revokeFormer?: boolean
  /**
   * Gets the new key's name before the key takes effect; if it throws, nothing changes. With a transaction, if the key is
   * in the database: both are stored, or neither is.
   */
  readonly record?: (id: string, within?: object) => Promise<void>
}

/**
 * Creates a key that signs registry tokens from now on, and retires the previous one. Running servers notice within a
 * second. Returns the new key's name.
 */
export async function rotateSigningKeys(
  store: KeyStore,
  { revokeFormer = false, record = () => Promise.resolve() }: RotationOptions = {},
): Promise<string> {
  await store.read(storeName, createSigningKeys)
  const created = createKey()
  const id = created.jwk.kid
  await store.replace(
    storeName,
    (current) => {
      const former = revokeFormer ? [] : parse(current).flatMap((key) => retire(key, new Date()))
      return serialize([created, ...former])
    },
    (within) => record(id, within),
  )
  return id
}

/** New keys, of which one signs. */
export function createSigningKeys(): Buffer {
  return serialize([createKey()])
}

/** Returns the key without its private part, or nothing when it no longer verifies. */
function retire({ jwk: { kty, crv, x, kid }, retiredAt }: StoredKey, now: Date): StoredKey[] {
  if (retiredAt !== null && now.getTime() >= endOf(retiredAt)) return []
  return [{ jwk: { kty, crv, x, kid } as StoredKey['jwk'], retiredAt: retiredAt ?? now.toISOString() }]
}

/** Returns until when a key verifies, in milliseconds since 1970. */
function endOf(retiredAt: string | null): number {
  return retiredAt === null ? Infinity : Date.parse(retiredAt) + retiredForMs
}

function createKey(): StoredKey {
  const { privateKey } = generateKeyPairSync('ed25519')
  const jwk = privateKey.export({ format: 'jwk' }) as JWK
  return { jwk: { ...jwk, kid: randomBytes(12).toString('base64url') }, retiredAt: null }
}

function serialize(keys: readonly object[]): Buffer {
  return Buffer.from(`${JSON.stringify({ keys }, null, 2)}\n`)
}

function parse(content: Buffer): readonly StoredKey[] {
  return (JSON.parse(content.toString('utf8')) as { readonly keys: readonly StoredKey[] }).keys
}

async function load(keys: readonly StoredKey[], mark: string): Promise<LoadedKeys> {
  const signing = keys.find(({ retiredAt }) => retiredAt === null)
  if (signing === undefined) throw new Error('of the keys for registry tokens, none signs')
  const verifying = new Map<string, { key: CryptoKey; endsAtMs: number }>()
  for (const { jwk, retiredAt } of keys) {
    const { kty, crv, x } = jwk
    const key = (await importJWK({ kty, crv, x } as JWK, signingAlgorithm)) as CryptoKey
    verifying.set(jwk.kid, { key, endsAtMs: endOf(retiredAt) })
  }
  const key = createPrivateKey({ key: signing.jwk, format: 'jwk' })
  return { mark, signing: { id: signing.jwk.kid, key }, verifying }
}
