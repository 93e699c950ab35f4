import { createHash, createHmac, randomUUID } from 'node:crypto'
import { type AcrSettings, createAcrHandler } from '@/lib/acr/handler'
import type { Context } from '@/lib/context'
import { createDoors } from '@/lib/server/doors'
import { type Exchange, Exchanges } from '@/lib/server/exchange'
import { createHttpServer } from '@/lib/server/http-server'
import { createClientReader } from '@/lib/server/read-client'
import { insertAccessKey } from '@/lib/metadata/access-keys'
import { type TestAnswer, listenAnywhere, send } from './test-server'

/** An access key as a client has it. */
export interface AcrKey {
  readonly id: string
  readonly secret: string
}

/** What a client sends. */
export interface AcrRequest {
  readonly method: string
  readonly path: string
  readonly headers: Record<string, string>
  readonly body: string
}

/** How a request is signed, where a test wants it otherwise. */
export interface Signing {
  readonly scheme?: 'V1' | 'V3'
  readonly method?: 'GET' | 'POST'
  readonly host?: string
  readonly at?: Date
  readonly nonce?: string
  readonly version?: string
  /** The parameters go in a form body; V1 with its common ones too. */
  readonly inBody?: boolean
}

/** A signer of requests that shares nothing with the code it tests. */
export function signRequest(
  { id, secret }: AcrKey,
  action: string,
  parameters: Readonly<Record<string, string>>,
  { scheme = 'V3', method = 'POST', host = 'localhost', at = new Date(), ...more }: Signing = {},
): AcrRequest {
  const { nonce = randomUUID(), version = '2018-12-01', inBody = false } = more
  const time = `${at.toISOString().slice(0, 19)}Z`
  if (scheme === 'V1') {
    const all: Record<string, string> = {
      ...{ Action: action, Version: version, AccessKeyId: id, Format: 'JSON', Timestamp: time, SignatureNonce: nonce },
      ...{ SignatureMethod: 'HMAC-SHA1', SignatureVersion: '1.0', SignatureType: '' },
      ...parameters,
    }
    const text = `${method}&%2F&${encode(sortedForm(all))}`
    const form = formOf({ ...all, Signature: createHmac('sha1', `${secret}&`).update(text).digest('base64') })
    return inBody
      ? { method, path: '/', headers: { host, 'content-type': formType }, body: form }
      : { method, path: `/?${form}`, headers: { host }, body: '' }
  }
  const body = inBody ? formOf(parameters) : ''
  const bodyHash = createHash('sha256').update(body).digest('hex')
  const signed: Record<string, string> = {
    host,
    'x-acs-action': action,
    'x-acs-content-sha256': bodyHash,
    'x-acs-date': time,
    'x-acs-signature-nonce': nonce,
    'x-acs-version': version,
  }
  const names = Object.keys(signed).join(';')
  const lines = Object.entries(signed).map(([name, value]) => `${name}:${value}\n`)
  const canonical = [method, '/', sortedForm(parameters), lines.join(''), names, bodyHash].join('\n')
  const text = `ACS3-HMAC-SHA256\n${createHash('sha256').update(canonical).digest('hex')}`
  const signature = createHmac('sha256', secret).update(text).digest('hex')
  const authorization = `ACS3-HMAC-SHA256 Credential=${id},SignedHeaders=${names},Signature=${signature}`
  const headers = { ...signed, authorization, ...(inBody && { 'content-type': formType }) }
  return { method, path: inBody ? '/' : `/?${formOf(parameters)}`, headers, body }
}

const formType = 'application/x-www-form-urlencoded'

function encode(text: string): string {
  return [...Buffer.from(text)]
    .map((byte) => {
      const one = String.fromCharCode(byte)
      return /[A-Za-z0-9._~-]/.test(one) ? one : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
    })
    .join('')
}

function sortedForm(parameters: Readonly<Record<string, string>>): string {
  const names = Object.keys(parameters).sort()
  return names.map((name) => `${encode(name)}=${encode(parameters[name] ?? '')}`).join('&')
}

/** As browsers and Java write it: unsorted, `+` for a blank. */
function formOf(parameters: Readonly<Record<string, string>>): string {
  return new URLSearchParams(parameters).toString()
}

/** An answer with the fields that every answer has. */
export interface AcrReply extends TestAnswer {
  readonly json: Readonly<Record<string, unknown>> & { readonly Code: string; readonly Message: string }
}

/** ACR's API behind a real `node:http` server and the doors in front of it. */
export class AcrDoor {
  /** The requests that have ended. */
  readonly noted: Exchange[] = []

  constructor(
    readonly ctx: Context,
    readonly port: number,
    readonly close: () => void,
  ) {}

  /** Sends a request as it is. Its answer must be one of ACR's API. */
  async send({ method, path, headers, body }: AcrRequest): Promise<AcrReply> {
    const answer = await send(this.port, method, path, headers, body)
    return { ...answer, json: JSON.parse(answer.text) as AcrReply['json'] }
  }

  /** Signs and sends. */
  call(
    key: AcrKey,
    action: string,
    parameters: Readonly<Record<string, string>> = {},
    signing: Signing = {},
  ): Promise<AcrReply> {
    return this.send(signRequest(key, action, parameters, signing))
  }
}

/** Serves ACR's API over a context. Requests to other doors are answered with 421. */
export async function openAcrDoor(ctx: Context, settings: AcrSettings = {}): Promise<AcrDoor> {
  const server = createHttpServer(ctx.log)
  const answer = createAcrHandler(ctx, settings)
  const door = new AcrDoor(ctx, await listenAnywhere(server), () => {
    server.close()
    server.closeAllConnections()
  })
  const other = ({ exchange }: { exchange: Exchange }) => exchange.response.writeHead(421).end()
  server.on(
    'request',
    createDoors({
      phase: { name: 'ready' },
      exchanges: new Exchanges((exchange) => door.noted.push(exchange)),
      readClient: createClientReader({ trustedProxies: [], publicUrl: null }, ctx.log),
      serveRegistry: other,
      serveAcr: ({ exchange }) => answer(exchange.request, exchange.response, exchange),
      serveConsole: other,
    }),
  )
  return door
}

/** Gives a user an access key, and returns it. */
export async function addAccessKey(ctx: Context, userName: string, id = `KEY${randomUUID()}`): Promise<AcrKey> {
  const secret = `secret of ${id}`
  const { id: userId } = await ctx.db.prisma.user.findFirstOrThrow({ where: { name: userName } })
  const sealedSecret = ctx.secrets.seal(secret, id)
  await ctx.db.transaction((tx) => insertAccessKey(tx, { id, userId, sealedSecret }))
  return { id, secret }
}
