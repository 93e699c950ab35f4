import type { ProcessContext } from '@/lib/server/create-context'
import path from 'node:path'
import { expect } from 'vitest'
import { problem } from '@/lib/api/schemas/common'
import { ensureFirstAdministrator } from '@/lib/auth/first-administrator'
import { createId } from '@/lib/domain/ids'
import { refusalError } from '@/lib/domain/immutability'
import { parseTag } from '@/lib/domain/reference'
import { insertAccessKey } from '@/lib/metadata/access-keys'
import { lockRepository } from '@/lib/metadata/repositories'
import { moveTag } from '@/lib/metadata/tags'
import { administratorPassword, openTestContext } from './test-context'
import { insertUser } from '@/lib/metadata/users'
import { type Context, setContext } from '@/lib/context'
import type { ResourceHandlers } from '@/lib/api/route/resource'

const routesFolder = path.resolve(import.meta.dirname, '../../app/api/v1')

/** The administrator's password. */
export const password = administratorPassword

/** The administrator's access key. */
export const accessKey = { id: 'TESTKEY000000001', secret: 'secret-of-the-test-key' }

/** `Authorization` of the administrator's access key. */
export const authorization = basic(accessKey.id, accessKey.secret)

/** An `Authorization` header. */
export function basic(name: string, secret: string): string {
  return `Basic ${Buffer.from(`${name}:${secret}`).toString('base64')}`
}

/** The body of an answer, with the fields of every kind of answer; the test says which it expects. */
export interface TestJson {
  readonly [field: string]: unknown
  readonly id: string
  readonly code: string
  readonly name: string
  readonly items: readonly TestJson[]
  readonly nextCursor: string | null
  readonly totalCount: number
  readonly errors: readonly { readonly path: string; readonly message: string }[]
}

/** An answer, read to its end. */
export interface TestAnswer {
  readonly status: number
  readonly headers: Headers
  readonly json: TestJson
}

/** What a call may carry. Without `headers.authorization` and `anonymous`, the caller is the administrator. */
export interface TestCall {
  readonly query?: string
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  readonly anonymous?: boolean
}

/** The REST API on its own database: calls the route files as Next does. */
export class TestApi {
  constructor(
    readonly ctx: Context,
    readonly close: () => Promise<void>,
  ) {}

  /** Calls a method of a path template from `operations`, with its parameters by name. */
  async call(
    method: keyof ResourceHandlers,
    template: string,
    params: Readonly<Record<string, string>> = {},
    call: TestCall = {},
  ): Promise<TestAnswer> {
    return readAnswer(await this.respond(method, template, params, call))
  }

  /** The same with the response as it is, for a download. */
  async respond(
    method: keyof ResourceHandlers,
    template: string,
    params: Readonly<Record<string, string>> = {},
    { query = '', body, headers = {}, anonymous = false }: TestCall = {},
  ): Promise<Response> {
    setContext(this.ctx)
    const url = template.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? ''))
    const request = new Request(`http://localhost:3000/api/v1${url}${query}`, {
      method,
      headers: {
        host: 'localhost:3000',
        'user-agent': 'test',
        'x-stele-remote-address': '192.0.2.7',
        ...(anonymous ? {} : { authorization }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: isRaw(body) ? body : JSON.stringify(body) }),
    })
    const handlers = await loadRoute(template)
    return handlers[method](request, { params: Promise.resolve(params) })
  }

  /** Creates an instance, a namespace `test` in it, and a repository `test/<name>`; returns their ids. */
  async makeRepository(name = 'example', settings: object = {}) {
    const region = { regionId: 'cn-hangzhou' }
    const instance = await this.call('POST', '/instances', {}, { body: { name: uniqueName(), ...region } })
    const params = { instanceId: instance.json.id }
    const namespace = await this.call('POST', '/instances/{instanceId}/namespaces', params, { body: { name: 'test' } })
    const repository = await this.call('POST', '/instances/{instanceId}/repositories', params, {
      body: { namespace: 'test', name, ...settings },
    })
    expect(repository.status).toBe(201)
    const namespaceId = namespace.json.id
    return { ...params, namespaceId, repositoryId: repository.json.id }
  }

  /** Puts a tag into a repository, with a manifest of this digest. */
  async pushTag(repositoryId: string, name: string, digest = digestOfLetter('a')): Promise<void> {
    const now = new Date()
    await this.ctx.db.transaction(async (tx) => {
      await tx.prisma.manifest.upsert({
        where: { repositoryId_digest: { repositoryId, digest } },
        create: {
          repositoryId,
          digest,
          mediaType: 'application/vnd.oci.image.manifest.v1+json',
          content: new Uint8Array(10),
          sizeBytes: 10,
          totalSizeBytes: 1010,
          platforms: 'linux/amd64,linux/arm64',
          pushedBy: 'admin',
        },
        update: {},
      })
      const repository = await lockRepository(tx, repositoryId)
      if (repository === null) throw new Error('no repository')
      const move = { name: parseTag(name), digest, precondition: { kind: 'none' }, movedBy: 'admin', now } as const
      const moved = await moveTag(tx, repository, move)
      if (moved.outcome === 'refused') throw refusalError(repository.path, moved.refusal)
    })
  }

  /** Creates a member with an access key; returns its `Authorization`. */
  async makeMember(): Promise<string> {
    const id = createId('user')
    const sealedSecret = this.ctx.secrets.seal('secret-of-a-member', 'MEMBERKEY')
    await this.ctx.db.transaction(async (tx) => {
      await insertUser(tx, {
        id,
        name: 'member',
        role: 'MEMBER',
        passwordHash: await this.ctx.passwords.hash('member-password'),
      })
      await insertAccessKey(tx, { id: 'MEMBERKEY', userId: id, sealedSecret })
    })
    return basic('MEMBERKEY', 'secret-of-a-member')
  }
}

/** Opens the API on an empty database with one administrator; for `fakes` see `openTestContext`. */
export async function openTestApi(
  env: Readonly<Record<string, string>> = {},
  fakes: Partial<ProcessContext> = {},
): Promise<TestApi> {
  const { ctx, close } = await openTestContext(env, fakes)
  await ensureFirstAdministrator(ctx, { password, accessKey })
  return new TestApi(ctx, close)
}

/** Returns a digest made of one hexadecimal digit. */
export function digestOfLetter(letter: string): string {
  return `sha256:${letter.repeat(64)}`
}

let names = 0

/** Returns a name that no other call has returned. */
export function uniqueName(): string {
  names += 1
  return `name-${names}`
}

/** Loads the route file of a path: parameters in braces are folders in brackets. */
async function loadRoute(template: string): Promise<ResourceHandlers> {
  const folder = template.replace(/\{(\w+)\}/g, '[$1]')
  return (await import(path.join(routesFolder, folder, 'route.ts'))) as ResourceHandlers
}

function isRaw(body: unknown): body is string | Uint8Array<ArrayBuffer> {
  return typeof body === 'string' || body instanceof Uint8Array
}

/** Reads an answer, and checks what is true for every answer. */
async function readAnswer(response: Response): Promise<TestAnswer> {
  const text = await response.text()
  const json: unknown = text === '' ? null : JSON.parse(text)
  expect(response.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
  expect(response.headers.get('cache-control')).toBe('no-store')
  if (response.status >= 400) {
    expect(response.headers.get('content-type')).toBe('application/problem+json')
    expect(problem.parse(json).status).toBe(response.status)
  }
  return { status: response.status, headers: response.headers, json: json as TestJson }
}
