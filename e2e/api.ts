import { z } from 'zod'
import { type createGrantBody, grant, type GrantView } from '@/lib/api/schemas/grants'
import { type createInstanceBody, instance, instancePage, type InstanceView } from '@/lib/api/schemas/instances'
import { type createNamespaceBody, namespace, type NamespaceView } from '@/lib/api/schemas/namespaces'
import {
  type createRepositoryBody,
  repository,
  type RepositoryView,
  type UpdateRepositoryBody,
} from '@/lib/api/schemas/repositories'
import { type createUserBody, user, type UserView } from '@/lib/api/schemas/users'
import type { ServerInfo } from './server'
import { uniqueName } from './unique-name'

/** Password of the users that tests make. */
export const userPassword = 'a-password-of-a-test'

/** What tests set up with: the REST API as an automation uses it, with an access key. */
export class Api {
  readonly #base: string
  readonly #authorization: string

  constructor(server: ServerInfo) {
    this.#base = `${server.url}/api/v1`
    this.#authorization = basic(server.accessKey.id, server.accessKey.secret)
  }

  /** Sends a request and resolves with the answer, whatever it is. `path` is relative to `/api/v1`. */
  request(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Response> {
    return fetch(this.#base + path, {
      method,
      headers: {
        authorization: this.#authorization,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
  }

  /** Reads or changes a resource. Rejects, with what the server said, unless it succeeds. */
  async send<T>(method: string, path: string, schema: z.ZodType<T>, body?: unknown): Promise<T> {
    const response = await this.request(method, path, body)
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${(await response.text()).slice(0, 500)}`)
    return schema.parse(await response.json())
  }

  /** The instance that answers at the server's own address. */
  async defaultInstance(): Promise<InstanceView> {
    const { items } = await this.send('GET', '/instances?pageSize=100', instancePage)
    const found = items.find((item) => item.isDefault)
    if (found === undefined) throw new Error('There is no default instance')
    return found
  }

  /** Reads only what servers of all versions answer (machines/upgrade.spec.ts). */
  async #defaultInstanceId(): Promise<string> {
    const page = z.object({ items: z.array(z.object({ id: z.string(), isDefault: z.boolean() })) })
    const { items } = await this.send('GET', '/instances?pageSize=100', page)
    const found = items.find(({ isDefault }) => isDefault)
    if (found === undefined) throw new Error('There is no default instance')
    return found.id
  }

  /**
   * Makes an instance, for tests that need lists of their own: with a unique name, and in a region that tests look into
   * by nothing but an instance's address, unless others are given.
   */
  createInstance(settings: Partial<z.input<typeof createInstanceBody>> = {}): Promise<InstanceView> {
    const body = { name: uniqueName('instance'), regionId: 'ap-southeast-1', ...settings }
    return this.send('POST', '/instances', instance, body)
  }

  /** Makes a namespace, with a unique name unless one is given; of the default instance unless another is. */
  async createNamespace(
    settings: Partial<z.input<typeof createNamespaceBody>> = {},
    instanceId?: string,
  ): Promise<NamespaceView> {
    const id = instanceId ?? (await this.#defaultInstanceId())
    return this.send('POST', `/instances/${id}/namespaces`, namespace, { name: uniqueName('namespace'), ...settings })
  }

  /**
   * Makes a repository; in namespace `test`, with a unique name, unless others are given; of the default instance
   * unless another is.
   */
  async createRepository(
    settings: Partial<z.input<typeof createRepositoryBody>> = {},
    instanceId?: string,
  ): Promise<RepositoryView> {
    const id = instanceId ?? (await this.#defaultInstanceId())
    const body = { namespace: 'test', name: uniqueName('repository'), ...settings }
    return this.send('POST', `/instances/${id}/repositories`, repository, body)
  }

  /** Makes a user, with a unique name and `userPassword` unless others are given. */
  createUser(settings: Partial<z.input<typeof createUserBody>> = {}): Promise<UserView> {
    return this.send('POST', '/users', user, { name: uniqueName('user'), password: userPassword, ...settings })
  }

  /** Grants a user or a robot something on an instance, a namespace or a repository, by their ids. */
  createGrant(body: z.input<typeof createGrantBody>): Promise<GrantView> {
    return this.send('POST', '/grants', grant, body)
  }

  /** Changes a repository's settings, as somebody else would meanwhile. */
  updateRepository(id: string, body: UpdateRepositoryBody): Promise<RepositoryView> {
    return this.send('PATCH', `/repositories/${id}`, repository, body)
  }

  /** A repository as it is now. */
  repository(id: string): Promise<RepositoryView> {
    return this.send('GET', `/repositories/${id}`, repository)
  }
}

/** The value of an `Authorization` header. */
export function basic(name: string, password: string): string {
  return `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`
}
