import { type KeyObject, createPrivateKey, generateKeyPairSync, randomBytes } from 'node:crypto'
import { mkdir, stat } from 'node:fs/promises'
import path from 'node:path'
import { type CryptoKey, type JWK, importJWK } from 'jose'
import { readOrCreateKey, replaceKey } from './key-file'

/** The algorithm that signs registry tokens, and the only one that is accepted. */
export const signingAlgorithm = 'EdDSA'

/** How long a retired key still verifies: longer than the lifetime of the last token it may have signed, an hour. */
const retiredForMs = 65 * 60 * 1000

/** How long a change of the file may go unnoticed, in milliseconds; a token with an unknown key is checked at once. */
const checkEveryMs = 1000

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
  /** Changes with the file. */
  readonly mark: string
  readonly signing: SigningKey
  readonly verifying: ReadonlyMap<string, { readonly key: CryptoKey; readonly endsAtMs: number }>
}

/**
 * The keys in a data directory that sign and verify registry tokens: `keys/registry-tokens.json`, created at its first
 * use. One key signs; retired keys verify until the last token they signed has expired. A changed file is read again,
 * so a rotation needs no restart.
 */
export class SigningKeys {
  readonly #file: string
  readonly #onChange: () => void
  #loaded: LoadedKeys | null = null
  #checkedAtMs = 0
  #checking: Promise<LoadedKeys> | null = null

  /** `onChange` is called when a changed file has been read. */
  constructor(dataDir: string, onChange: () => void = () => undefined) {
    this.#file = fileOf(dataDir)
    this.#onChange = onChange
  }

  /** Returns the key that signs now. */
  async signing(): Promise<SigningKey> {
    return (await this.#keys(checkEveryMs)).signing
  }

  /**
   * Returns the key with this name if it still verifies, else null. Finds a key that another process has just created.
   */
  async verifying(id: string): Promise<CryptoKey | null> {
    const known = (await this.#keys(checkEveryMs)).verifying.get(id)
    const found = known ?? (await this.#keys(0)).verifying.get(id)
    return found !== undefined && Date.now() < found.endsAtMs ? found.key : null
  }

  /** Whether the keys were checked within the last second. */
  areFresh(): boolean {
    return this.#loaded !== null && performance.now() - this.#checkedAtMs < checkEveryMs
  }

  /** Checks the file for a change, unless it was checked within the last second. */
  async refresh(): Promise<void> {
    await this.#keys(checkEveryMs)
  }

  async #keys(maxAgeMs: number): Promise<LoadedKeys> {
    if (this.#loaded !== null && performance.now() - this.#checkedAtMs < maxAgeMs) return this.#loaded
    this.#checking ??= this.#check().finally(() => (this.#checking = null))
    return this.#checking
  }

  async #check(): Promise<LoadedKeys> {
    const mark = await markOf(this.#file)
    const before = this.#loaded
    if (before === null || before.mark !== mark) {
      const keys = parse(await readOrCreate(this.#file))
      this.#loaded = await load(keys, mark ?? '')
      if (before !== null) this.#onChange()
    }
    this.#checkedAtMs = performance.now()
    return this.#loaded as LoadedKeys
  }
}

/**
 * Creates a key that signs registry tokens from now on, and retires the previous one. Running servers on the data
 * directory notice within a second. `record` gets the new key's name before the key takes effect; if it throws, nothing
 * changes. Returns that name.
 */
export async function rotateSigningKeys(
  dataDir: string,
  record: (id: string) => Promise<void> = () => Promise.resolve(),
): Promise<string> {
  const file = fileOf(dataDir)
  await readOrCreate(file)
  const created = createKey()
  const id = created.jwk.kid
  await replaceKey(
    file,
    (current) => serialize([created, ...parse(current).flatMap((key) => retire(key, new Date()))]),
    () => record(id),
  )
  return id
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

function fileOf(dataDir: string): string {
  return path.join(dataDir, 'keys', 'registry-tokens.json')
}

async function readOrCreate(file: string): Promise<Buffer> {
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 })
  return readOrCreateKey(file, () => serialize([createKey()]))
}

/** Returns a mark that changes when the file is replaced; null when there is no file. */
async function markOf(file: string): Promise<string | null> {
  const found = await stat(file, { bigint: true }).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  })
  return found === null ? null : `${found.ino} ${found.mtimeNs} ${found.size}`
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
  if (signing === undefined) throw new Error('keys/registry-tokens.json has no key that signs')
  const verifying = new Map<string, { key: CryptoKey; endsAtMs: number }>()
  for (const { jwk, retiredAt } of keys) {
    const { kty, crv, x } = jwk
    const key = (await importJWK({ kty, crv, x } as JWK, signingAlgorithm)) as CryptoKey
    verifying.set(jwk.kid, { key, endsAtMs: endOf(retiredAt) })
  }
  const key = createPrivateKey({ key: signing.jwk, format: 'jwk' })
  return { mark, signing: { id: signing.jwk.kid, key }, verifying }
}
