import type { IncomingMessage, ServerResponse } from 'node:http'
import { z } from 'zod'
import { anonymousPrincipal } from '@/lib/domain/principal'
import { createRefreshToken, redeemRefreshToken } from '@/lib/auth/registry/refresh-tokens'
import { type RegistryCredential, holderOf, proveCredentials } from '@/lib/auth/registry/registry-credentials'
import type { TokenHolder } from '@/lib/secrets/registry-tokens'
import { openBodyTimeoutMs } from '@/lib/domain/bounded-body'
import { AppError } from '@/lib/domain/errors'
import { hasInstanceForm } from '@/lib/domain/instance-host'
import { type AddressedPath, type QualifiedName, addressedPath, isSameInstance } from '@/lib/domain/instance-path'
import { isPlainText } from '@/lib/domain/plain-text'
import { isRepositoryPath } from '@/lib/domain/reference'
import { type TokenAccess, formatTokenScopes, parseTokenScopes } from '@/lib/domain/token-scope'
import type { Context } from '@/lib/context'
import { type InstanceForTraffic, findAddressedInstance } from '@/lib/registry/traffic/find-addressed-instance'
import { grantScopes } from '@/lib/registry/traffic/grant-scopes'
import { readBody } from '@/lib/http/incoming-body'
import { originOf } from '@/lib/http/origin-of'
import { principalOf } from './authenticate'
import { type OpenCall, answerJson } from './call'
import { hostOf } from './challenge'
import { findInstanceFor, prefixOf, qualified, readRegistryCredentials } from './find-addressee'

/** Largest form that the endpoint reads, in bytes: far more than 50 scopes with the longest names. */
const formMaxBytes = 64 * 1024

/** A request for a token. */
interface TokenRequest {
  /** The registry's host, as named in its challenge; empty when the client does not send it. */
  readonly service: string
  readonly scope: string
  /**
   * Whether the client also requests a refresh token, which only the form can. `docker login` asks by GET
   * (`offline_token`) and would keep that token in place of the password, in a field that the other readers of Docker's
   * configuration (kubelet, Jib, oras-py, Testcontainers) do not know.
   */
  readonly isOffline: boolean
  /** What the client calls itself; empty when it does not say. */
  readonly clientId: string
}

/** An authenticated or anonymous client. */
interface TokenClient {
  readonly credential: RegistryCredential | null
  /** The refresh token that the client sent, if any. It stays valid. */
  readonly refreshToken: string | null
}

const nobody: TokenClient = { credential: null, refreshToken: null }

/**
 * GET of a token (Docker's "Token authentication"): by Basic, or anonymously if the instance allows anonymous pulls.
 * There may be several `scope` parameters, each with several scopes. Throws UNAUTHORIZED.
 */
export async function getToken(call: OpenCall): Promise<void> {
  const { ctx, request, query } = call
  const asked: TokenRequest = {
    service: query.get('service') ?? '',
    scope: query.getAll('scope').join(' '),
    isOffline: false,
    clientId: '',
  }
  const { authorization } = request.headers
  if (authorization === undefined) {
    await answerToken(call, await findAddressee(ctx, request, asked, undefined), asked, nobody)
    return
  }
  const given = readRegistryCredentials(authorization)
  if (given === null) throw new AppError('UNAUTHORIZED')
  const addressee = await findAddressee(ctx, request, asked, given.instance)
  const credential = await proveCredentials(ctx, addressee.instance?.id ?? null, given, originOf(request))
  await answerToken(call, addressee, asked, { credential, refreshToken: null })
}

/** No control characters, as in Basic. */
const filled = z.string().min(1).refine(isPlainText)

const form = z.discriminatedUnion('grant_type', [
  z.object({ grant_type: z.literal('password'), username: filled, password: filled }),
  z.object({ grant_type: z.literal('refresh_token'), refresh_token: filled }),
])

/**
 * POST of a token (Docker's "OAuth2 token authentication", RFC 6749): by user name and password, or by a refresh token.
 * Throws BAD_REQUEST and GRANT_TYPE_UNSUPPORTED for an invalid form, UNAUTHORIZED for invalid credentials.
 */
export async function postToken(call: OpenCall): Promise<void> {
  const { ctx, request } = call
  const fields = await readForm(request)
  const grantType = fields.get('grant_type')
  if (grantType !== null && !form.options.some(({ shape }) => shape.grant_type.value === grantType)) {
    throw new AppError('GRANT_TYPE_UNSUPPORTED')
  }
  const parsed = form.safeParse(Object.fromEntries(fields))
  if (!parsed.success) {
    throw new AppError('BAD_REQUEST', { message: `the form needs ${String(parsed.error.issues[0]?.path[0])}` })
  }
  const asked: TokenRequest = {
    service: fields.get('service') ?? '',
    scope: fields.getAll('scope').join(' '),
    isOffline: fields.get('access_type') === 'offline',
    clientId: fields.get('client_id') ?? '',
  }
  const given = proofOf(parsed.data)
  const addressee = await findAddressee(ctx, request, asked, 'refreshToken' in given ? undefined : given.instance)
  const asker = await proveForm(ctx, addressee.instance?.id ?? null, given, request).catch((error: unknown) => {
    throw hasSpaces(parsed.data) ? hintAtPlus(error) : error
  })
  await answerToken(call, addressee, asked, asker)
}

/** Whether a value has a space, which an unencoded plus sign in a form means too. */
function hasSpaces(given: z.infer<typeof form>): boolean {
  return Object.values(given).some((value) => value.includes(' '))
}

function hintAtPlus(error: unknown): unknown {
  if (!AppError.is(error) || error.code !== 'UNAUTHORIZED') return error
  const message = `${error.message} (in a form, “+” means a space: send the plus sign as %2B)`
  return new AppError('UNAUTHORIZED', { message, cause: error })
}

/** What the form proves the client with. */
type FormProof = ReturnType<typeof qualified> | { readonly refreshToken: string }

function proofOf(given: z.infer<typeof form>): FormProof {
  if (given.grant_type === 'refresh_token') return { refreshToken: given.refresh_token }
  return qualified({ name: given.username, secret: given.password })
}

async function proveForm(
  ctx: Context,
  instanceId: string | null,
  given: FormProof,
  request: IncomingMessage,
): Promise<TokenClient> {
  const origin = originOf(request)
  if ('refreshToken' in given) {
    const { refreshToken } = given
    return { credential: await redeemRefreshToken(ctx, instanceId, refreshToken, origin), refreshToken }
  }
  return { credential: await proveCredentials(ctx, instanceId, given, origin), refreshToken: null }
}

/** What a token is asked for. */
interface Addressee {
  readonly instance: InstanceForTraffic | null
  /** What stands before its paths at this host. */
  readonly prefix: string
  /** The scopes in this instance, with its own paths. */
  readonly access: TokenAccess
}

/**
 * Finds what a token is asked for. Behind a proxy, the endpoint's host may not belong to the instance, so `service` takes
 * precedence if it has the form of an instance's host.
 *
 * A token is for one instance. At a host of several it is that of the first repository, which is the one that a client
 * pushes to and mounts others in; scopes of other instances are left out. Without a repository, a log-on, it is the one
 * that the user name says, else the default one.
 */
async function findAddressee(
  ctx: Context,
  request: IncomingMessage,
  { service, scope }: TokenRequest,
  said: QualifiedName['instance'],
): Promise<Addressee> {
  const host = hasInstanceForm(service, ctx.config.domain) ? service : hostOf(request)
  const asked = parseTokenScopes(scope)
  const addressOf = (path: string) => addressedPath(host, path, ctx.config.domain)
  const [first] = asked.repositories.keys()
  const address = addressOf(first ?? '')
  const isLeftToName = first === undefined && address.instance === 'default' && said !== undefined
  const instance = isLeftToName ? await findAddressedInstance(ctx, said) : await findInstanceFor(ctx, address, said)
  const prefix = isLeftToName && instance !== null ? prefixOf(address, instance) : address.prefix
  return { instance, prefix, access: { ...asked, repositories: within(asked, address, addressOf) } }
}

/** The scopes of the repositories in the instance of `address`, by their paths there. */
function within(
  { repositories }: TokenAccess,
  { instance }: AddressedPath,
  addressOf: (path: string) => AddressedPath,
): TokenAccess['repositories'] {
  const addressed = [...repositories].map(([path, actions]) => ({ ...addressOf(path), actions }))
  const inside = addressed.filter((one) => isSameInstance(one.instance, instance) && isRepositoryPath(one.path))
  return new Map(inside.map(({ path, actions }) => [path, actions]))
}

const anonymousHolder: TokenHolder = { kind: 'anonymous', id: '', name: 'anonymous', credential: '', secretMark: '' }

async function answerToken(
  { ctx, request, response }: Pick<OpenCall, 'ctx' | 'request' | 'response'>,
  { instance, prefix, access }: Addressee,
  asked: TokenRequest,
  { credential, refreshToken }: TokenClient,
): Promise<void> {
  if (instance === null || (credential === null && !instance.allowAnonymousPull)) throw new AppError('UNAUTHORIZED')
  const origin = originOf(request)
  const principal = credential === null ? anonymousPrincipal(origin) : principalOf(credential, origin)
  const granted = await grantScopes(ctx, principal, instance, access)
  const holder = credential === null ? anonymousHolder : holderOf(credential)
  const { token, issuedAt, lifetimeSeconds } = await ctx.registryTokens.issue(holder, instance.id, granted)
  const client = { clientId: asked.clientId, address: origin.address }
  const offline =
    asked.isOffline && credential !== null
      ? { refresh_token: refreshToken ?? (await createRefreshToken(ctx, instance.id, credential, client)) }
      : {}
  answer(response, {
    token,
    access_token: token,
    token_type: 'Bearer',
    expires_in: lifetimeSeconds,
    issued_at: issuedAt.toISOString(),
    scope: formatTokenScopes(prefixed(granted, prefix)),
    ...offline,
  })
}

/** The scopes with the paths that the client asked for. */
function prefixed({ repositories, catalog }: TokenAccess, prefix: string): TokenAccess {
  return { repositories: new Map([...repositories].map(([path, actions]) => [`${prefix}${path}`, actions])), catalog }
}

function answer(response: ServerResponse, body: Record<string, unknown>): void {
  response.setHeader('Cache-Control', 'no-store')
  answerJson(response, 'application/json', body)
}

/**
 * Reads the form in the body. Throws MEDIA_TYPE_UNSUPPORTED, PAYLOAD_TOO_LARGE, REQUEST_TIMEOUT, UPLOAD_INCOMPLETE, and
 * BAD_REQUEST for a repeated field.
 */
async function readForm(request: IncomingMessage): Promise<URLSearchParams> {
  const [type = ''] = (request.headers['content-type'] ?? '').split(';')
  if (type.trim().toLowerCase() !== 'application/x-www-form-urlencoded') {
    throw new AppError('MEDIA_TYPE_UNSUPPORTED', { message: 'the form must be application/x-www-form-urlencoded' })
  }
  const limit = { maxBytes: formMaxBytes, code: 'PAYLOAD_TOO_LARGE', timeoutMs: openBodyTimeoutMs } as const
  const body = await readBody(request, limit)
  const fields = new URLSearchParams(Buffer.from(body).toString('utf8'))
  const names = [...fields.keys()].filter((name) => name !== 'scope')
  if (new Set(names).size < names.length) throw new AppError('BAD_REQUEST', { message: 'a field occurs twice' })
  return fields
}
