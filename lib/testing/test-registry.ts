import { type ProcessContext, contextOfRegistry } from '@/lib/server/create-context'
import { type IncomingMessage, type Server, createServer, request as httpRequest } from 'node:http'
import type { AddressInfo } from 'node:net'
import { ensureFirstAdministrator } from '@/lib/auth/first-administrator'
import { hashToken } from '@/lib/secrets/token-hash'
import { createId } from '@/lib/domain/ids'
import { type ImmutabilityMode, acrExemptTags } from '@/lib/domain/immutability'
import { administratorPassword, openTestContext } from './test-context'
import type { Context } from '@/lib/context'
import { ensureExample } from '@/lib/registry/instances/ensure-example'
import { digestOf } from '@/lib/storage/hash'
import { createRegistryHandler } from '@/lib/protocol/handler'

const password = administratorPassword

/** The administrator's credentials, as a client sends them. */
export const authorization = basic('admin', password)

/** Returns the value of an `Authorization` header. */
export function basic(name: string, secret: string): string {
  return `Basic ${Buffer.from(`${name}:${secret}`).toString('base64')}`
}

/** Returns the id of the instance that `ensureExample` creates: it serves the hosts of no other instance. */
export async function defaultInstanceId(ctx: Context): Promise<string> {
  return (await ctx.db.prisma.instance.findFirstOrThrow({ where: { isDefault: true } })).id
}

/** An answer, read to its end. */
export interface Answer {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  readonly body: Buffer
  readonly json: { errors?: { code: string; message: string; detail?: Record<string, unknown> }[] } & Record<
    string,
    unknown
  >
}

/** The status of an answer, and the code of its first error. */
export function codeOf({ status, json }: Answer) {
  return [status, json.errors?.[0]?.code]
}

/** Options of a request besides method and path. */
export interface Sending {
  readonly headers?: Record<string, string>
  readonly body?: string | Uint8Array
  readonly anonymous?: boolean
  /** Runs once the server starts to read the body, before any of it is sent. */
  readonly beforeBody?: () => unknown
}

/** The registry behind a real `node:http` server, with its own database and blob store. */
export class TestRegistry {
  constructor(
    readonly ctx: Context,
    readonly port: number,
    private readonly server: Server,
  ) {}

  /** Sends one request exactly as written: `path` is not normalized, unlike with fetch. */
  send(
    method: string,
    path: string,
    { headers = {}, body, anonymous = false, beforeBody }: Sending = {},
  ): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const credentials = anonymous ? {} : { authorization }
      const options = { port: this.port, method, path, headers: { ...credentials, ...headers } }
      const sent = httpRequest(options, (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('error', reject)
        response.on('end', () => {
          const received = Buffer.concat(chunks)
          const isJson = response.headers['content-type']?.includes('json') === true && received.length > 0
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: received,
            json: isJson ? (JSON.parse(received.toString()) as Answer['json']) : {},
          })
        })
      })
      sent.on('error', reject)
      if (beforeBody === undefined) {
        sent.end(body)
        return
      }
      const endBody = async () => {
        await beforeBody()
        sent.end(body)
      }
      this.server.once('request', (request: IncomingMessage) => {
        // Readers of a body first wait until it is readable, or for its data.
        request.on('newListener', function begin(event) {
          if (event !== 'readable' && event !== 'data') return
          request.off('newListener', begin)
          endBody().catch(reject)
        })
      })
      if (body !== undefined) sent.setHeader('content-length', Buffer.byteLength(body))
      sent.flushHeaders()
    })
  }

  /** Pushes a blob in one request and returns its digest. */
  async pushBlob(content: string | Uint8Array, name = 'test/example'): Promise<string> {
    const bytes = Buffer.from(content)
    const digest = digestOf(bytes)
    const { status } = await this.send('POST', `/v2/${name}/blobs/uploads/?digest=${digest}`, { body: bytes })
    if (status !== 201) throw new Error(`pushing a blob answered ${status}`)
    return digest
  }

  /**
   * Pushes the blobs of an image whose only layer holds `content`; returns its manifest. Different contents have
   * different digests.
   */
  async image(content: string, name = 'test/example'): Promise<{ bytes: Buffer; digest: string; layer: string }> {
    const config = Buffer.from(JSON.stringify({ os: 'linux', architecture: 'amd64', content }))
    const layer = Buffer.from(content)
    const manifest = {
      schemaVersion: 2,
      mediaType: imageManifestType,
      config: {
        mediaType: 'application/vnd.oci.image.config.v1+json',
        digest: await this.pushBlob(config, name),
        size: config.length,
      },
      layers: [
        {
          mediaType: 'application/vnd.oci.image.layer.v1.tar',
          digest: await this.pushBlob(layer, name),
          size: layer.length,
        },
      ],
    }
    const bytes = Buffer.from(JSON.stringify(manifest))
    return { bytes, digest: digestOf(bytes), layer: digestOf(layer) }
  }

  /** Pushes a manifest under a tag or digest. */
  pushManifest(reference: string, bytes: Uint8Array, sending: Sending = {}, name = 'test/example'): Promise<Answer> {
    return this.send('PUT', `/v2/${name}/manifests/${reference}`, {
      body: bytes,
      ...sending,
      headers: { 'content-type': imageManifestType, ...sending.headers },
    })
  }

  /** Returns the digest that a tag points to, or null. */
  async digestOfTag(tag: string, name = 'test/example'): Promise<string | null> {
    const { status, headers } = await this.send('HEAD', `/v2/${name}/manifests/${tag}`)
    return status === 200 ? String(headers['docker-content-digest']) : null
  }

  /** Adds a user with a registry password, in the default instance unless another is given; returns the id. */
  async addUser(
    name: string,
    registryPassword: string,
    { role = 'MEMBER', instanceId }: { role?: 'ADMINISTRATOR' | 'MEMBER'; instanceId?: string } = {},
  ): Promise<string> {
    const { db } = this.ctx
    const id = createId('user')
    await db.prisma.user.create({ data: { id, name, role, passwordHash: null } })
    const passwordHash = await this.ctx.passwords.hash(registryPassword)
    const at = instanceId ?? (await defaultInstanceId(this.ctx))
    await db.prisma.registryPassword.create({
      data: { userId: id, instanceId: at, passwordHash, updatedAt: new Date() },
    })
    return id
  }

  /** Sets the administrator's registry password of another instance to that of the default one. */
  async shareAdministratorPassword(instanceId: string): Promise<void> {
    const { db } = this.ctx
    const set = await db.prisma.registryPassword.findFirstOrThrow({ where: { user: { name: 'admin' } } })
    await db.prisma.registryPassword.create({ data: { ...set, instanceId } })
  }

  /** Adds a robot, in the default instance unless another is given; returns the id. */
  async addRobot(
    name: string,
    secret: string,
    settings: { isDisabled?: boolean; expiresAt?: Date; instanceId?: string } = {},
  ): Promise<string> {
    const id = createId('robot')
    const instanceId = settings.instanceId ?? (await defaultInstanceId(this.ctx))
    const secretHash = await this.ctx.passwords.hash(secret)
    await this.ctx.db.prisma.robot.create({
      data: { id, name, secretHash, createdBy: 'admin', ...settings, instanceId },
    })
    return id
  }

  /** Adds a temporary token for an hour, in the default instance; returns the id. */
  async addTemporaryToken(
    userId: string,
    token: string,
    expiresAt = new Date(Date.now() + 3_600_000),
  ): Promise<string> {
    const id = createId('temporaryToken')
    const instanceId = await defaultInstanceId(this.ctx)
    await this.ctx.db.prisma.temporaryToken.create({
      data: { id, userId, instanceId, tokenHash: hashToken(token), expiresAt },
    })
    return id
  }

  /** Grants a user or a robot a permission on a repository of the default instance. */
  async grant(
    bearer: { userId: string } | { robotId: string },
    permission: 'PULL' | 'PUSH' | 'MANAGE',
    path = 'test/example',
  ): Promise<void> {
    const { db } = this.ctx
    const instanceId = await defaultInstanceId(this.ctx)
    const { id, namespaceId } = await db.prisma.repository.findFirstOrThrow({ where: { instanceId, path } })
    const scope = { instanceId, namespaceId, repositoryId: id, scopeId: id }
    const subjectId = 'userId' in bearer ? bearer.userId : bearer.robotId
    const data = { id: createId('grant'), ...bearer, subjectId, ...scope, permission, createdBy: 'admin' }
    await db.prisma.grant.create({ data })
  }

  /** Turns tag immutability on or off in one committed transaction, like the settings change. */
  async setImmutable(tagImmutability: boolean, path = 'test/example'): Promise<void> {
    await this.setPolicy(tagImmutability ? 'enforce' : 'off', acrExemptTags, path)
  }

  /** Sets the immutability policy in the same way. */
  async setPolicy(
    immutabilityMode: ImmutabilityMode,
    exemptTags: readonly string[],
    path = 'test/example',
  ): Promise<void> {
    const data = { immutabilityMode, exemptTags: exemptTags.join(' ') }
    const { count } = await this.ctx.db.prisma.repository.updateMany({ where: { path }, data })
    if (count !== 1) throw new Error(`${path} does not exist`)
  }
}

/** Media type of the manifests these tests push. */
export const imageManifestType = 'application/vnd.oci.image.manifest.v1+json'

/**
 * Starts a registry with the documentation's example in it; `close` stops it and removes its files. For `fakes` see
 * `openTestContext`.
 */
export async function startTestRegistry(
  env: Readonly<Record<string, string>> = {},
  fakes: Partial<ProcessContext> = {},
): Promise<{ registry: TestRegistry; close: () => Promise<void> }> {
  const { ctx, close } = await openTestContext(env, fakes)
  await ensureExample(ctx)
  await ensureFirstAdministrator(ctx, { password, accessKey: null })
  // On a busy machine a test may rest for longer than a server keeps a connection.
  const server: Server = createServer({ keepAliveTimeout: 0 }, createRegistryHandler(contextOfRegistry(ctx)))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    registry: new TestRegistry(ctx, port, server),
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await close()
    },
  }
}
