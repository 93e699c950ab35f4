import { SignJWT, errors, jwtVerify } from 'jose'
import { LRUCache } from 'lru-cache'
import { z } from 'zod'
import { AppError } from '@/lib/domain/errors'
import { type TokenAccess, formatTokenScopes, parseTokenScopes } from '@/lib/domain/token-scope'
import { SigningKeys, signingAlgorithm } from './signing-keys'

/** How long a registry token lives, in seconds. */
export const tokenLifetimeSeconds = 300

/**
 * By how much the clock of the server that verifies a token may be behind that of the one that made it, in seconds. It is
 * taken off the token's beginning: nothing prolongs its end.
 */
const clockToleranceSeconds = 60

const issuer = 'stele'

/** Most text of verified tokens that is remembered, in characters. */
const rememberedMax = 4 * 1024 * 1024

/** Who holds a token: the principal without its role, which a token never says. */
export interface TokenHolder {
  readonly kind: 'user' | 'robot' | 'anonymous'
  /** Of the user or the robot; empty for the anonymous. */
  readonly id: string
  /** As records name the holder. */
  readonly name: string
  /** Which credential was logged on with, as records name it; empty for the anonymous. */
  readonly credential: string
  /** Changes with the secret that was logged on with. */
  readonly secretMark: string
}

/** What a verified token says. */
export interface VerifiedToken {
  readonly holder: TokenHolder
  readonly instanceId: string
  readonly access: TokenAccess
}

/** A new token. */
export interface IssuedToken {
  readonly token: string
  readonly issuedAt: Date
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
  access: z.array(z.object({ type: z.string(), name: z.string(), actions: z.array(z.string()) })),
})

/**
 * Makes and verifies the tokens of the token flow: JSON Web Tokens with Docker's `access` claim, for one instance. A token
 * says who was proven and what was granted then, and nothing of policy.
 */
export class RegistryTokens {
  readonly #keys: SigningKeys
  /** Verified tokens. Being remembered changes nothing about when they end. */
  readonly #remembered = new LRUCache<string, Remembered>({
    maxSize: rememberedMax,
    sizeCalculation: (_, token) => token.length,
  })

  /** The keys are in the data directory. */
  constructor(dataDir: string) {
    this.#keys = new SigningKeys(dataDir, () => this.#remembered.clear())
  }

  /** A token for a holder at an instance, of `tokenLifetimeSeconds` from now. */
  async issue(holder: TokenHolder, instanceId: string, access: TokenAccess): Promise<IssuedToken> {
    const { id: kid, key } = await this.#keys.signing()
    const issuedAt = new Date(Math.floor(Date.now() / 1000) * 1000)
    const iat = issuedAt.getTime() / 1000
    const { kind, name, credential, secretMark: mark } = holder
    const token = await new SignJWT({ kind, name, credential, mark, access: accessClaim(access) })
      .setProtectedHeader({ alg: signingAlgorithm, typ: 'JWT', kid })
      .setIssuer(issuer)
      .setSubject(holder.id)
      .setAudience(instanceId)
      .setIssuedAt(iat)
      .setNotBefore(iat - clockToleranceSeconds)
      .setExpirationTime(iat + tokenLifetimeSeconds)
      .sign(key)
    return { token, issuedAt }
  }

  /** What a token of an instance says. Throws TOKEN_INVALID unless this registry made it, for it, and it is in force. */
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

/** Docker's form: an entry for each resource. Those of which nothing was granted are left out. */
function accessClaim(access: TokenAccess): z.infer<typeof claims>['access'] {
  return formatTokenScopes(access)
    .split(' ')
    .filter((scope) => scope !== '')
    .map((scope) => {
      const [type = '', name = '', actions = ''] = scope.split(':')
      return { type, name, actions: actions.split(',') }
    })
}

function parseAccessClaim(entries: z.infer<typeof claims>['access']): TokenAccess {
  return parseTokenScopes(entries.map(({ type, name, actions }) => `${type}:${name}:${actions.join(',')}`).join(' '))
}
