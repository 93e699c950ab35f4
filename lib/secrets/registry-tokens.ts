import { type KeyObject, sign } from 'node:crypto'
import { decodeJwt, errors, jwtVerify } from 'jose'
import { LRUCache } from 'lru-cache'
import { z } from 'zod'
import { AppError } from '@/lib/domain/errors'
import { type GrantedAccess, formatTokenScopes, parseTokenScopes } from '@/lib/domain/token-scope'
import type { KeyStore } from './key-store'
import { SigningKeys, signingAlgorithm } from './signing-keys'

/**
 * How far the clock of the verifying server may be behind that of the issuing server, in seconds. It moves the token's
 * start back; the expiry is never extended.
 */
const clockToleranceSeconds = 60

const issuer = 'stele'

/** Maximum total length of the verified and the issued tokens that are remembered, in characters. */
const rememberedMax = 4 * 1024 * 1024

/** Maximum total length of the remembered signatures and what they sign, in characters: of about 1,500 tokens. */
const signaturesMax = 1024 * 1024

/** The holder of a token: the principal without its role, which is never in a token. */
export interface TokenHolder {
  readonly kind: 'user' | 'robot' | 'anonymous'
  /** Of the user or the robot; empty for the anonymous. */
  readonly id: string
  /** The holder's name in audit records. */
  readonly name: string
  /** The credential that was used to log on, as named in audit records; empty for the anonymous. */
  readonly credential: string
  /** Changes with the secret that was used to log on. */
  readonly secretMark: string
}

/** The content of a verified token. */
export interface VerifiedToken {
  readonly holder: TokenHolder
  readonly instanceId: string
  readonly access: GrantedAccess
}

/** A new token. */
export interface IssuedToken {
  readonly token: string
  readonly issuedAt: Date
  readonly lifetimeSeconds: number
}

interface Remembered extends VerifiedToken {
  readonly expiresAtMs: number
}

const claims = z.object({
  sub: z.string(),
  aud: z.string(),
  exp: z.number(),
  kind: z.enum(['user', 'robot', 'anonymous']),
  name: z.string(),
  credential: z.string(),
  mark: z.string(),
  /** Docker's form. `id` is ours: clients do not read it. */
  access: z.array(
    z.object({ type: z.string(), name: z.string(), actions: z.array(z.string()), id: z.string().optional() }),
  ),
})

/**
 * Issues and verifies the tokens of the token flow: JSON Web Tokens with Docker's `access` claim, for one instance. A
 * token contains the proven holder, the access granted then and to which ids, and no policy.
 */
export class RegistryTokens {
  readonly #keys: SigningKeys
  /** Tokens that were verified or issued here. They expire as usual. */
  readonly #remembered = new LRUCache<string, Remembered>({
    maxSize: rememberedMax,
    sizeCalculation: (_, token) => token.length,
  })
  /** By what they sign: Ed25519 signs the same text alike, and a fleet that pulls an image asks for one token many times. */
  readonly #signatures = new LRUCache<string, string>({
    maxSize: signaturesMax,
    sizeCalculation: (signature, signed) => signature.length + signed.length,
  })

  /** A token lives `lifetimeSeconds`, at most an hour. */
  constructor(
    keys: KeyStore,
    private readonly lifetimeSeconds = 300,
  ) {
    this.#keys = new SigningKeys(keys, () => this.#remembered.clear())
  }

  /** Issues a token for a holder at an instance, valid from now on. */
  async issue(holder: TokenHolder, instanceId: string, access: GrantedAccess): Promise<IssuedToken> {
    const { id: kid, key } = await this.#keys.signing()
    const issuedAt = new Date(Math.floor(Date.now() / 1000) * 1000)
    const iat = issuedAt.getTime() / 1000
    const { kind, name, credential, secretMark: mark } = holder
    const lifetime = { iat, nbf: iat - clockToleranceSeconds, exp: iat + this.lifetimeSeconds }
    const said = { kind, name, credential, mark, access: accessClaim(access) }
    const token = this.#signJwt({ alg: signingAlgorithm, typ: 'JWT', kid }, key, {
      ...said,
      ...{ iss: issuer, sub: holder.id, aud: instanceId, ...lifetime },
    })
    // Its first use in this process needs no verification.
    if (!this.#remembered.has(token)) {
      const expiresAtMs = lifetime.exp * 1000
      this.#remembered.set(token, { holder, instanceId, access: parseAccessClaim(said.access), expiresAtMs })
    }
    return { token, issuedAt, lifetimeSeconds: this.lifetimeSeconds }
  }

  /**
   * A JSON Web Token in its compact form (RFC 7515, section 7.1), signed with Ed25519. On the spot, in the time that Web
   * Crypto, and with it `jose`, needs to hand the work to a thread; `jose` verifies it.
   */
  #signJwt(header: object, key: KeyObject, payload: object): string {
    const signed = `${encode(header)}.${encode(payload)}`
    let signature = this.#signatures.get(signed)
    if (signature === undefined) {
      signature = sign(null, Buffer.from(signed), key).toString('base64url')
      this.#signatures.set(signed, signature)
    }
    return `${signed}.${signature}`
  }

  /**
   * Returns the content of a token. Throws TOKEN_INVALID unless this registry issued it for the instance and it is
   * valid now.
   */
  async verify(token: string, instanceId: string): Promise<VerifiedToken> {
    await this.#keys.refresh()
    const known = this.#remembered.get(token)
    if (known !== undefined && known.instanceId === instanceId) {
      if (Date.now() < known.expiresAtMs) return known
      throw new AppError('TOKEN_INVALID', { message: 'the token has expired' })
    }
    const verified = await this.#verifyNew(token, instanceId)
    this.#remembered.set(token, verified)
    return verified
  }

  /**
   * The content of a token that was verified or issued before and is valid now, for the instance in it; null for any other token,
   * and when it is time to look for new keys: then ask `verify`.
   */
  recall(token: string): VerifiedToken | null {
    if (!this.#keys.areFresh()) return null
    const known = this.#remembered.get(token)
    return known !== undefined && Date.now() < known.expiresAtMs ? known : null
  }

  /**
   * The id of the instance that a token says it is for; null when it says none. Nothing is verified: ask `verify` with
   * this id.
   */
  instanceIdOf(token: string): string | null {
    const known = this.#remembered.get(token)
    if (known !== undefined) return known.instanceId
    try {
      const { aud } = decodeJwt(token)
      return typeof aud === 'string' ? aud : null
    } catch {
      return null
    }
  }

  async #verifyNew(token: string, instanceId: string): Promise<Remembered> {
    try {
      const { payload } = await jwtVerify(token, ({ kid }) => this.#verifyingKey(kid), {
        algorithms: [signingAlgorithm],
        typ: 'JWT',
        issuer,
        audience: instanceId,
        requiredClaims: ['exp', 'nbf', 'iat'],
        currentDate: new Date(),
      })
      const { sub: id, aud, exp, kind, name, credential, mark, access } = claims.parse(payload)
      return {
        holder: { kind, id, name, credential, secretMark: mark },
        instanceId: aud,
        access: parseAccessClaim(access),
        expiresAtMs: exp * 1000,
      }
    } catch (error) {
      if (error instanceof errors.JWTExpired) {
        throw new AppError('TOKEN_INVALID', { message: 'the token has expired', cause: error })
      }
      if (error instanceof errors.JOSEError || error instanceof z.ZodError) {
        throw new AppError('TOKEN_INVALID', { cause: error })
      }
      throw error
    }
  }

  async #verifyingKey(kid: string | undefined) {
    const key = kid === undefined ? null : await this.#keys.verifying(kid)
    if (key === null) throw new errors.JWSSignatureVerificationFailed()
    return key
  }
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

/** Returns Docker's form: an entry for each resource, without those where nothing was granted. */
function accessClaim(access: GrantedAccess): z.infer<typeof claims>['access'] {
  return formatTokenScopes(access)
    .split(' ')
    .filter((scope) => scope !== '')
    .map((scope) => {
      const [type = '', name = '', actions = ''] = scope.split(':')
      const id = access.boundTo.get(name)
      return { type, name, actions: actions.split(','), ...(id !== undefined && { id }) }
    })
}

function parseAccessClaim(entries: z.infer<typeof claims>['access']): GrantedAccess {
  const scopes = entries.map(({ type, name, actions }) => `${type}:${name}:${actions.join(',')}`)
  const ids = entries.flatMap(({ name, id }) => (id === undefined ? [] : [[name, id] as const]))
  return { ...parseTokenScopes(scopes.join(' ')), boundTo: new Map(ids) }
}
