import { z } from 'zod'
import type { InstanceView } from '@/lib/api/schemas/instances'
import type { NamespaceView } from '@/lib/api/schemas/namespaces'
import type { RepositoryView } from '@/lib/api/schemas/repositories'
import type { UserView } from '@/lib/api/schemas/users'
import type { Api } from '../../api'
import { cosignSignature, sbomReferrer } from '../../content/attached'
import { image, multiPlatformImage } from '../../content/images'
import {
  descriptorOfManifest,
  emptyConfig,
  indexOf,
  layerType,
  manifestOf,
  pushAll,
  type Pushable,
} from '../../content/pushable'
import { send } from '../../registry/http'
import type { ServerInfo } from '../../server'
import { uniqueName } from '../../unique-name'

/** What there is to be seen on a tour, of this tour alone: other tests change the same server. */
export interface Place {
  server: ServerInfo
  api: Api
  /** The instance that is there from the start. */
  home: InstanceView
  /** One with nothing in it. */
  empty: InstanceView
  /** One with an empty namespace in it. */
  small: InstanceView
  namespace: NamespaceView
  /**
   * Immutable, with tags of one and of several platforms, one that moved, one that is open, one that was deleted, a refused
   * push, and a signature and an SBOM of `v1`.
   */
  repository: RepositoryView
  /** Granted something on the repository; its second factor is off. */
  user: UserView
  /** Invited to the console. */
  guest: string
  /** Where the guest accepts, without the host. */
  invitation: string
  /** User name of a robot that may push to the repository. */
  robot: string
}

/** Makes a place; of long names if wanted, as long as Stele takes them. */
export async function makePlace(api: Api, server: ServerInfo, { isLong = false } = {}): Promise<Place> {
  const nameOf = (prefix: string, max: number) => {
    const name = uniqueName(prefix)
    return isLong ? `${name}${'-and-so-on'.repeat(max / 10)}`.slice(0, max).replace(/-$/, 'x') : name
  }
  const home = await api.defaultInstance()
  const empty = await api.createInstance({ name: nameOf('empty', 30), regionId: 'me-central-1' })
  const small = await api.createInstance({ name: nameOf('small', 30), regionId: 'me-central-1' })
  const namespace = await api.createNamespace({ name: nameOf('namespace', 120) }, small.id)
  const repository = await api.createRepository({
    name: nameOf('repository', 120),
    tagImmutability: true,
    summary: 'Payment service',
    description: '# Payments\n\nSee [the bank](https://example.com/).\n\n| a | b |\n| - | - |\n| 1 | `2` |',
  })
  await fill(server, api, repository)
  await fillUnequal(server, api, nameOf)
  const user = await api.createUser({ name: nameOf('user', 64), displayName: 'Li Na' })
  await api.createGrant({ subjectId: user.id, scopeId: repository.id, permission: 'PUSH' })
  const guest = nameOf('guest', 64)
  const invited = z.object({ path: z.string() })
  const { path: invitation } = await api.send('POST', '/invitations', invited, { name: guest, displayName: 'Chen Wei' })
  const robots = z.object({ userName: z.string() })
  const { userName: robot } = await api.send('POST', `/instances/${home.id}/robots`, robots, {
    name: nameOf('ci', 60),
    grants: [{ scopeId: repository.id, permission: 'PUSH' }],
  })
  return { server, api, home, empty, small, namespace, repository, user, guest, invitation, robot }
}

async function fill(server: ServerInfo, api: Api, { id, namespace, name }: RepositoryView): Promise<void> {
  const push = (...content: Pushable[]) =>
    pushAll((...request) => send(server, ...request), `${namespace}/${name}`, content)
  const subject = image({ tag: 'v1' })
  await push(subject, cosignSignature(subject), sbomReferrer(subject, 'SPDX'))
  await push(...multiPlatformImage('v2', { version: '2.0.0' }).all)
  const platforms = ['amd64', 'arm64', 'arm', 'ppc64le', 'riscv64', 's390x']
  const children = platforms.map((architecture) => ({
    ...descriptorOfManifest(subject),
    platform: { os: 'linux', architecture },
  }))
  await push(indexOf(children, 'v3'))
  await push(image({ version: '2.0.0', tag: 'latest' }), image({ version: '2.1.0', tag: 'latest' }))
  await push(image({ version: '0.9.0', tag: 'withdrawn' }))
  await expectRefused(push(image({ version: '1.0.1', tag: 'v1' })))
  await api.request('DELETE', `/repositories/${id}/tags/withdrawn?reason=Withdrawn`)
  await api.request('POST', `/repositories/${id}/immutability/openings`, {
    tag: 'v2',
    reason: 'To rebuild',
    minutes: 60,
  })
}

/** On the map of the storage, the first leaves the others little room for words, and the last none for a pointer. */
async function fillUnequal(server: ServerInfo, api: Api, nameOf: (prefix: string, max: number) => string) {
  const layer = { mediaType: layerType, bytes: Buffer.alloc(8 * 1024 * 1024) }
  for (const [prefix, layers] of [
    ['large', [layer]],
    ['tiny', []],
  ] as const) {
    const { namespace, name } = await api.createRepository({ name: nameOf(prefix, 120) })
    const content = manifestOf(emptyConfig, layers, { tag: 'v1' })
    await pushAll((...request) => send(server, ...request), `${namespace}/${name}`, [content])
  }
}

async function expectRefused(pushed: Promise<void>): Promise<void> {
  const wasTaken = await pushed.then(
    () => true,
    () => false,
  )
  if (wasTaken) throw new Error('An immutable tag was overwritten')
}
