import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto'
import type { KeyStore } from './key-store'

const algorithm = 'aes-256-gcm'
const nonceBytes = 12
const tagBytes = 16

/** Encrypts secrets that must be readable later, with a key that is not in the database. */
export class SecretBox {
  readonly #key: Buffer
  readonly #fingerprintKey: Buffer

  /** `key` has 32 bytes. */
  constructor(key: Buffer) {
    this.#key = key
    this.#fingerprintKey = Buffer.from(hkdfSync('sha256', key, '', 'fingerprint', 32))
  }

  /**
   * Returns the secret encrypted with AES-256-GCM, in base64. It opens only for the same `owner`, so a value copied to
   * another row is useless.
   */
  seal(secret: string, owner: string): string {
    const nonce = randomBytes(nonceBytes)
    const cipher = createCipheriv(algorithm, this.#key, nonce, { authTagLength: tagBytes }).setAAD(Buffer.from(owner))
    const sealed = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()])
    return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64')
  }

  /**
   * Returns the secret that was sealed for `owner`. Throws when it was sealed with another key, for another owner, or
   * was changed.
   */
  open(sealed: string, owner: string): string {
    const bytes = Buffer.from(sealed, 'base64')
    const nonce = bytes.subarray(0, nonceBytes)
    const decipher = createDecipheriv(algorithm, this.#key, nonce, { authTagLength: tagBytes })
      .setAAD(Buffer.from(owner))
      .setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes))
    return decipher.update(bytes.subarray(nonceBytes + tagBytes), undefined, 'utf8') + decipher.final('utf8')
  }

  /** Returns an HMAC, to compare texts without storing them. Without the key, guesses cannot be tested against it. */
  fingerprint(text: string): string {
    return createHmac('sha256', this.#fingerprintKey).update(text).digest('hex')
  }
}

/** Opens the box that the server's key is for. */
export async function openSecretBox(keys: KeyStore): Promise<SecretBox> {
  return new SecretBox(await keys.read('secrets', createSealingKey))
}

/** A new key for a `SecretBox`. */
export function createSealingKey(): Buffer {
  return randomBytes(32)
}
