import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { mkdir, stat } from 'node:fs/promises'
import path from 'node:path'
import { type CryptoKey, type JWK, importJWK } from 'jose'
import { readOrCreateKey, replaceKey } from './key-file'

/** The algorithm that registry tokens are signed by, and the only one they are accepted with. */
export const signingAlgorithm = 'EdDSA'

/** How long a retired key still verifies: longer than the tokens live that it may have signed to the last moment. */
const retiredForMs = 10 * 60 * 1000

/** How long a change of the file may go unnoticed where no token asks for it, in milliseconds. */
const checkEveryMs = 1000

/** A key as it is kept: a JSON Web Key (RFC 8037) and since when it signs no more. */
interface StoredKey {
  readonly jwk: JWK & { readonly kid: string }
  /** UTC, ISO 8601; null: it signs. Of a retired one the private part is gone. */
  readonly retiredAt: string | null
}

/** A key that signs tokens, and its name. */
export interface SigningKey {
  readonly id: string
  readonly key: CryptoKey
}

interface LoadedKeys {
  /** Changes with the file. */
  readonly mark: string
  readonly signing: SigningKey
  readonly verifying: ReadonlyMap<string, { readonly key: CryptoKey; readonly endsAtMs: number }>
}

/**
 * The keys of a data directory that registry tokens are signed and verified with: `keys/registry-tokens.json`, made when
 * it is first asked for. One signs; retired ones verify until the last token they signed has expired. The file is read
 * again when it has changed, so a rotation needs no restart.
 */
export class SigningKeys {
  readonly #file: string
  readonly #onChange: () => void
  #loaded: LoadedKeys | null = null
  #checkedAtMs = 0
  #checking: Promise<LoadedKeys> | null = null

  /** `onChange` is called when other keys were read than before. */
  constructor(dataDir: string, onChange: () => void = () => undefined) {
    this.#file = fileOf(dataDir)
    this.#onChange = onChange
  }

  /** The key that signs now. */
  async signing(): Promise<SigningKey> {
    return (await this.#keys(checkEveryMs)).signing
  }

  /** The key of that name, if it still verifies, or null. One that another process has just made is found. */
  async verifying(id: string): Promise<CryptoKey | null> {
    const known = (await this.#keys(checkEveryMs)).verifying.get(id)
    const found = known ?? (await this.#keys(0)).verifying.get(id)
    return found !== undefined && Date.now() < found.endsAtMs ? found.key : null
  }

  /** Notices a change of the file, unless it was looked at a moment ago. */
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
 * Makes a new key that registry tokens are signed with from now on, and retires the one before. Running servers over the
 * data directory notice within a second. `record` is told the new key's name before it counts; what it throws leaves all
 * as it was. Answers that name.
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

/** The key without its private part; nothing where it verifies no more. */
function retire({ jwk: { kty, crv, x, kid }, retiredAt }: StoredKey, now: Date): StoredKey[] {
  if (retiredAt !== null && now.getTime() >= endOf(retiredAt)) return []
  return [{ jwk: { kty, crv, x, kid } as StoredKey['jwk'], retiredAt: retiredAt ?? now.toISOString() }]
}

/** Until when a key verifies, in milliseconds. */
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

/** What differs between a file and one that has taken its place; null where there is none. */
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
  const key = (await importJWK(signing.jwk, signingAlgorithm)) as CryptoKey
  return { mark, signing: { id: signing.jwk.kid, key }, verifying }
}
