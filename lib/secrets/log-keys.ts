import { type KeyObject, createHash, createPrivateKey, generateKeyPairSync } from 'node:crypto'
import type { JWK } from 'jose'
import type { KeyStore } from './key-store'

/** The keys that sign the checkpoints of transparency logs now. */
export interface LogSigners {
  /** Names all of them. */
  readonly id: string
  /** The newest key first; then the one before it, until that is revoked. */
  readonly keys: readonly KeyObject[]
}

interface StoredKeys {
  readonly keys: readonly JWK[]
}

const storeName = 'transparency-log'

/** The keys of transparency logs. All logs of the servers have the same: the name of each log is in what is signed. */
export class LogKeys {
  readonly #store: KeyStore
  #loaded: { readonly mark: string | null; readonly signers: LogSigners } | null = null

  constructor(store: KeyStore) {
    this.#store = store
  }

  /** Returns the keys as they are now. The first call ever makes one. */
  async read(): Promise<LogSigners> {
    const mark = await this.#store.markOf(storeName)
    if (this.#loaded !== null && mark !== null && this.#loaded.mark === mark) return this.#loaded.signers
    const signers = load(await this.#store.read(storeName, createLogKeys))
    this.#loaded = { mark, signers }
    return signers
  }
}

/** How the key of transparency logs is replaced. */
export interface LogRotationOptions {
  /** Signs with the new key alone. Otherwise the former one signs too, until the next rotation. */
  readonly revokeFormer: boolean
  /** Gets the name of the new keys before they take effect; if it throws, nothing changes. */
  readonly record: (id: string, within?: object) => Promise<void>
}

/** Creates a key that signs the checkpoints of transparency logs from now on. Returns the name of the keys that sign. */
export async function rotateLogKeys(store: KeyStore, { revokeFormer, record }: LogRotationOptions): Promise<string> {
  await store.read(storeName, createLogKeys)
  const created = createKey()
  let id = ''
  await store.replace(
    storeName,
    (current) => {
      const next = serialize([created, ...(revokeFormer ? [] : parse(current).slice(0, 1))])
      id = load(next).id
      return next
    },
    (within) => record(id, within),
  )
  return id
}

/** New keys: one. */
export function createLogKeys(): Buffer {
  return serialize([createKey()])
}

function createKey(): JWK {
  return generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' })
}

function serialize(keys: readonly JWK[]): Buffer {
  return Buffer.from(`${JSON.stringify({ keys }, null, 2)}\n`)
}

function parse(content: Buffer): readonly JWK[] {
  return (JSON.parse(content.toString('utf8')) as StoredKeys).keys
}

function load(content: Buffer): LogSigners {
  const stored = parse(content)
  const names = stored.map(({ x }) => createHash('sha256').update(String(x)).digest('hex').slice(0, 12))
  return { id: names.join('+'), keys: stored.map((jwk) => createPrivateKey({ key: jwk, format: 'jwk' })) }
}
