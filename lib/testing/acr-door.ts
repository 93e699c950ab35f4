import { randomUUID } from 'node:crypto'
import { type AcrSettings, createAcrHandler } from '@/lib/acr/handler'
import type { Context } from '@/lib/context'
import { createDoors } from '@/lib/server/doors'
import { type Exchange, Exchanges } from '@/lib/server/exchange'
import { createHttpServer } from '@/lib/server/http-server'
import { createClientReader } from '@/lib/server/read-client'
import { insertAccessKey } from '@/lib/metadata/access-keys'
import { type AcrKey, type AcrRequest, type Signing, signRequest } from './acr-signer'
import { type TestAnswer, listenAnywhere, send } from './test-server'

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
      serveLog: other,
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
