import { fillLogs } from './fill-logs'
import { sealRobotSecret } from '@/lib/secrets/robot-secrets'
import { hashToken } from '@/lib/secrets/token-hash'
import type { Permission } from '@/lib/domain/access'
import type { SqlTransaction, Transaction } from '@/lib/metadata/engine/database'
import { digestOf } from '@/lib/storage/hash'
import type { Context } from '@/lib/context'

/** Each permission on each scope: `manage-namespace` manages the namespace `team`. */
const grantees = ['pull', 'push', 'manage'].flatMap((permission) =>
  ['instance', 'namespace', 'repository'].map((scope) => `${permission}-${scope}`),
)

/**
 * All callers that can authenticate: `none` has no grant, `beside` manages the other instance, the others have one
 * grant on what the matrix asks about. Each is a user; each but `admin` is also a robot of the instance `main`.
 */
export const subjects: readonly string[] = ['none', ...grantees, 'beside', 'admin']

/** The objects of the world by name. Their ids contain it: `crr-closed`. */
export const ids = {
  main: 'cri-main',
  besideInstance: 'cri-beside',
  empty: 'cri-empty',
  team: 'crn-team',
  other: 'crn-other',
  spare: 'crn-spare',
  besideTeam: 'crn-beside',
  closed: 'crr-closed',
  open: 'crr-open',
  secret: 'crr-secret',
  besideClosed: 'crr-beside',
  /** A change of many repositories of `main` that the administrator made. */
  change: 'imc-main',
} as const

/** The host of an instance that is not the default one. */
export const besideHost = 'beside-registry.cn-hangzhou.localhost'

/** Passwords of users, by purpose. */
export const passwords = {
  console: 'correct-horse-battery',
  registry: 'registry-pw-1',
  robot: 'robot-secret-1',
} as const

/** The secret of every access key. */
export const accessKeySecret = 'secret-of-an-access-key'

const layer = Buffer.from('a layer')
const config = Buffer.from('{"os":"linux","architecture":"amd64"}')

/** The image that every repository has, under the tag `v1`. */
export const image = {
  layerDigest: digestOf(layer),
  configDigest: digestOf(config),
  bytes: Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      config: {
        mediaType: 'application/vnd.oci.image.config.v1+json',
        digest: digestOf(config),
        size: config.length,
      },
      layers: [{ mediaType: 'application/vnd.oci.image.layer.v1.tar', digest: digestOf(layer), size: layer.length }],
    }),
  ),
  get digest() {
    return digestOf(this.bytes)
  },
} as const

/** A referrer of the image. */
const referrer = Buffer.from('{"schemaVersion":2}')

/** The digest of the referrer of the image, which every repository has without a tag. */
export const referrerDigest = digestOf(referrer)

/** Instances, namespaces, repositories and callers with and without access, for access tests. */
export class TestWorld {
  #consoleHash = ''
  #registryHash = ''
  #robotHash = ''

  constructor(readonly ctx: Context) {}

  /** Creates the world in place of what a new database has. */
  async build(): Promise<void> {
    this.#consoleHash = await this.ctx.passwords.hash(passwords.console)
    this.#registryHash = await this.ctx.passwords.hash(passwords.registry)
    this.#robotHash = await this.ctx.passwords.hash(passwords.robot)
    for (const blob of [config, layer]) await this.#store(blob)
    await this.ctx.db.transaction(async (tx) => {
      await clear(tx)
      await insertThings(tx)
      await this.#insertUsers(tx)
      await this.#insertRobots(tx)
    })
    await fillLogs(this.ctx)
    for (const table of tables) {
      await this.ctx.db.prisma.$executeRawUnsafe(`CREATE TABLE "built_${table}" AS SELECT * FROM "${table}"`)
    }
  }

  /** Restores the initial state of the world after any change: from copies of its tables, ten times as fast as anew. */
  async reset(): Promise<void> {
    await this.ctx.db.sqlTransaction(async (tx) => {
      await clear(tx)
      for (const table of tables) await execute(tx, `INSERT INTO "${table}" SELECT * FROM "built_${table}"`)
      await tx.$executeRaw`UPDATE "TagOpening" SET "seenAt" = ${new Date()}`
    })
  }

  async #store(blob: Buffer): Promise<void> {
    const id = crypto.randomUUID()
    await this.ctx.blobs.create(id)
    await this.ctx.blobs.append(id, 0, chunksOf(blob))
    await this.ctx.blobs.commit(id, digestOf(blob))
  }

  async #insertUsers(tx: Transaction): Promise<void> {
    const names = [...subjects, 'disabled', 'owner']
    await tx.prisma.user.createMany({
      data: names.map((name) => ({
        id: userId(name),
        name,
        role: name === 'admin' || name === 'owner' ? ('ADMINISTRATOR' as const) : ('MEMBER' as const),
        isDisabled: name === 'disabled',
        passwordHash: this.#consoleHash,
      })),
    })
    await tx.prisma.grant.createMany({
      data: [
        ...subjects.flatMap((name) => grantsOf(name, { userId: userId(name) }, userId(name))),
        ...grantsOf('manage-instance', { userId: userId('disabled') }, userId('disabled')),
      ],
    })
    const factor = { sealedSecret: this.ctx.secrets.seal('JBSWY3DPEHPK3PXP', userId('owner')), confirmedAt: new Date() }
    await tx.prisma.secondFactor.create({ data: { ...factor, userId: userId('owner'), createdAt: new Date() } })
    const keys = [...names.map((name) => ({ name, isDisabled: false })), { name: 'off', isDisabled: true }]
    await tx.prisma.accessKey.createMany({
      data: keys.map(({ name, isDisabled }) => ({
        id: accessKeyId(name),
        userId: userId(name === 'off' ? 'owner' : name),
        sealedSecret: this.ctx.secrets.seal(accessKeySecret, accessKeyId(name)),
        isDisabled,
      })),
    })
    const now = Date.now()
    const at = { address: '192.0.2.7', userAgent: 'test', createdAt: new Date(now), lastSeenAt: new Date(now) }
    await tx.prisma.session.createMany({
      data: [
        ...names.map((name) => ({ name, userId: userId(name), expiresAt: new Date(now + hourMs) })),
        { name: 'expired', userId: userId('admin'), expiresAt: new Date(now - 1000) },
      ].map(({ name, ...session }) => ({
        ...session,
        ...at,
        id: sessionId(name),
        tokenHash: hashToken(sessionToken(name)),
      })),
    })
    const registryPasswords = names.map((name) => ({ userId: userId(name), instanceId: ids.main }))
    await tx.prisma.registryPassword.createMany({
      data: [...registryPasswords, { userId: userId('owner'), instanceId: ids.besideInstance }].map((row) => ({
        ...row,
        passwordHash: this.#registryHash,
        updatedAt: new Date(now),
      })),
    })
    await tx.prisma.registryPassword.deleteMany({ where: { userId: userId('owner'), instanceId: ids.main } })
    await tx.prisma.temporaryToken.createMany({
      data: [
        ...names.map((name) => ({ name, userId: userId(name), expiresAt: new Date(now + hourMs) })),
        { name: 'expired', userId: userId('admin'), expiresAt: new Date(now - 1000) },
        { name: 'revoked', userId: userId('admin'), expiresAt: new Date(now + hourMs), revokedAt: new Date(now) },
        {
          name: 'elsewhere',
          userId: userId('admin'),
          expiresAt: new Date(now + hourMs),
          instanceId: ids.besideInstance,
        },
      ].map(({ name, ...token }) => ({
        instanceId: ids.main,
        ...token,
        id: temporaryTokenId(name),
        tokenHash: hashToken(temporaryToken(name)),
      })),
    })
  }

  async #insertRobots(tx: Transaction): Promise<void> {
    const names = subjects.filter((name) => name !== 'admin')
    const robots = [
      ...names.map((name) => ({ name, instanceId: ids.main })),
      { name: 'elsewhere', instanceId: ids.besideInstance },
      { name: 'disabled', instanceId: ids.main, isDisabled: true },
      { name: 'expired', instanceId: ids.main, expiresAt: new Date(Date.now() - 1000) },
    ]
    await tx.prisma.robot.createMany({
      data: robots.map((robot) => ({
        ...robot,
        id: robotId(robot.name),
        secretHash: this.#robotHash,
        sealedSecret: sealRobotSecret(
          this.ctx.secrets,
          { id: robotId(robot.name), secretHash: this.#robotHash },
          passwords.robot,
        ),
        createdBy: 'admin',
      })),
    })
    // A robot belongs to one instance, so the robot `beside` cannot have a grant on the other.
    await tx.prisma.grant.createMany({
      data: [
        ...names
          .filter((name) => name !== 'beside')
          .flatMap((name) => grantsOf(name, { robotId: robotId(name) }, robotId(name))),
        ...['disabled', 'expired'].flatMap((name) =>
          grantsOf('manage-instance', { robotId: robotId(name) }, robotId(name)),
        ),
      ],
    })
  }
}

const hourMs = 3_600_000

/** The tables that the world fills, those that others refer to first. */
const tables = [
  ...['Instance', 'Namespace', 'ImmutabilityChange', 'Repository', 'Blob', 'RepositoryBlob', 'Manifest'],
  ...['ManifestReference', 'Tag'],
  ...['TagOpening', 'Tombstone', 'TagEvent', 'User', 'SecondFactor', 'AccessKey', 'Session', 'RegistryPassword'],
  ...['TemporaryToken', 'Robot', 'Grant'],
]

/** The id of a user of the world. */
export function userId(name: string): string {
  return `usr-${name}`
}

/** The id of a robot of the world. */
export function robotId(name: string): string {
  return `rbt-${name}`
}

/** The id of an access key of the world; `off` is disabled. */
export function accessKeyId(name: string): string {
  return `KEY${name.toUpperCase().replaceAll('-', '')}`
}

/** The id of a session of the world; `expired` has expired. */
export function sessionId(name: string): string {
  return `ses-${name}`
}

/** The id of a temporary token of the world. */
export function temporaryTokenId(name: string): string {
  return `tmp-${name}`
}

/** The token of a caller's session. */
export function sessionToken(name: string): string {
  return `session-token-of-${name}`
}

/**
 * The temporary token of a caller; `expired`, `revoked` and `elsewhere` (of the other instance) are the
 * administrator's.
 */
export function temporaryToken(name: string): string {
  return `temporary-token-of-${name}`
}

/** The id of the grant of a user of the world. */
export function grantId(name: string): string {
  return `grt-${userId(name)}`
}

/** The id of the opening of the tag `v1` in a repository of the world: `closed` and `open` have one. */
export function openingId(repositoryId: string): string {
  return repositoryId.replace('crr', 'opn')
}

/** `Authorization` with a caller's access key. */
export function byAccessKey(name: string, secret: string = accessKeySecret): string {
  return byPassword(accessKeyId(name), secret)
}

/** `Authorization: Basic`. */
export function byPassword(name: string, secret: string): string {
  return `Basic ${Buffer.from(`${name}:${secret}`).toString('base64')}`
}

interface NewGrant {
  id: string
  subjectId: string
  userId?: string
  robotId?: string
  instanceId: string
  namespaceId?: string
  repositoryId?: string
  scopeId: string
  permission: Permission
  createdBy: string
}

/** Returns the grant that the name of a user or a robot stands for, if any. */
function grantsOf(name: string, subject: { userId: string } | { robotId: string }, subjectId: string): NewGrant[] {
  const given = { id: `grt-${subjectId}`, subjectId, ...subject, createdBy: 'admin' }
  if (name === 'beside') {
    return [{ ...given, permission: 'MANAGE', instanceId: ids.besideInstance, scopeId: ids.besideInstance }]
  }
  if (!grantees.includes(name)) return []
  const [permission = '', scope = ''] = name.split('-')
  const grant = { ...given, permission: permission.toUpperCase() as Permission, instanceId: ids.main }
  if (scope === 'instance') return [{ ...grant, scopeId: ids.main }]
  if (scope === 'namespace') return [{ ...grant, namespaceId: ids.team, scopeId: ids.team }]
  return [{ ...grant, namespaceId: ids.team, repositoryId: ids.closed, scopeId: ids.closed }]
}

/** The tables to clear, in this order; their foreign keys clear the others. */
const roots = ['Grant', 'Robot', 'User', 'Repository', 'Namespace', 'Instance', 'Blob', 'Tombstone', 'TagEvent']

async function clear(tx: SqlTransaction): Promise<void> {
  for (const table of roots) await execute(tx, `DELETE FROM "${table}"`)
}

/** Runs a statement without parameters. */
async function execute(tx: SqlTransaction, sql: string): Promise<void> {
  await tx.$executeRaw(Object.assign([sql], { raw: [sql] }))
}

async function insertThings(tx: Transaction): Promise<void> {
  const regionId = 'cn-hangzhou'
  const specification = 'Enterprise_Basic'
  await tx.prisma.instance.createMany({
    data: [
      { id: ids.main, name: 'main', regionId, specification, isDefault: true },
      { id: ids.besideInstance, name: 'beside', regionId, specification, isDefault: false },
      { id: ids.empty, name: 'empty', regionId, specification, isDefault: false },
    ],
  })
  const defaults = { defaultRepositoryType: 'PRIVATE' } as const
  await tx.prisma.namespace.createMany({
    data: [
      { id: ids.team, instanceId: ids.main, name: 'team', autoCreateRepository: true, ...defaults },
      { id: ids.other, instanceId: ids.main, name: 'other', autoCreateRepository: true, ...defaults },
      { id: ids.spare, instanceId: ids.main, name: 'spare', autoCreateRepository: false, ...defaults },
      { id: ids.besideTeam, instanceId: ids.besideInstance, name: 'team', autoCreateRepository: true, ...defaults },
    ],
  })
  await tx.prisma.immutabilityChange.create({
    data: {
      id: ids.change,
      instanceId: ids.main,
      state: 'SUCCEEDED',
      policy: JSON.stringify({ mode: 'off' }),
      selection: JSON.stringify({ filter: {} }),
      counts: JSON.stringify({ total: 0, changed: 0, unchanged: 0, failed: 0 }),
      actorId: userId('admin'),
      actor: 'admin',
      credential: 'session',
      address: '192.0.2.7',
      userAgent: 'test',
      startedAt: new Date(0),
      movedAt: new Date(0),
      endedAt: new Date(1),
    },
  })
  const texts = { summary: '', description: '', updatedBy: 'admin' }
  const ofTeam = { instanceId: ids.main, namespaceId: ids.team, ...texts }
  await tx.prisma.repository.createMany({
    data: [
      { id: ids.closed, name: 'closed', path: 'team/closed', type: 'PRIVATE', ...ofTeam },
      { id: ids.open, name: 'open', path: 'team/open', type: 'PUBLIC', ...ofTeam },
      { id: ids.secret, name: 'secret', path: 'other/secret', type: 'PRIVATE', ...ofTeam, namespaceId: ids.other },
      {
        id: ids.besideClosed,
        name: 'closed',
        path: 'team/closed',
        type: 'PRIVATE',
        ...ofTeam,
        instanceId: ids.besideInstance,
        namespaceId: ids.besideTeam,
      },
    ],
  })
  const blobs = [config, layer].map((blob) => ({ digest: digestOf(blob), sizeBytes: blob.length }))
  await tx.prisma.blob.createMany({ data: blobs })
  const now = new Date()
  await tx.prisma.tagOpening.createMany({
    data: [ids.closed, ids.open].map((repositoryId) => ({
      ...{ id: openingId(repositoryId), repositoryId, tag: 'v1', reason: 'test', openedBy: 'admin' },
      ...{ opensAt: now, seenAt: now, closesAt: new Date(now.getTime() + hourMs) },
    })),
  })
  await tx.prisma.tombstone.createMany({
    data: [
      { repositoryId: ids.closed, repositoryPath: 'team/closed' },
      { repositoryId: ids.open, repositoryPath: 'team/open' },
    ].map((of) => ({
      ...{ instanceId: ids.main, ...of, tag: 'gone', digest: image.digest, reason: 'test', createdBy: 'admin' },
    })),
  })
  const repositories = await tx.prisma.repository.findMany()
  for (const { id: repositoryId, instanceId, path } of repositories) {
    await tx.prisma.tagEvent.create({
      data: {
        ...{ instanceId, repositoryId, repositoryPath: path, tag: 'v1', kind: 'CREATED', pushedDigest: image.digest },
        ...{ actor: 'admin', credential: 'session', address: '192.0.2.7', userAgent: 'test' },
        ...{ createdAt: now, lastAt: now },
      },
    })
    await tx.prisma.repositoryBlob.createMany({ data: blobs.map(({ digest }) => ({ repositoryId, digest })) })
    await tx.prisma.manifest.create({
      data: {
        repositoryId,
        digest: image.digest,
        mediaType: 'application/vnd.oci.image.manifest.v1+json',
        content: new Uint8Array(image.bytes),
        sizeBytes: image.bytes.length,
        totalSizeBytes: image.bytes.length + config.length + layer.length,
        platforms: 'linux/amd64',
        pushedBy: 'admin',
        references: {
          create: {
            childDigest: image.configDigest,
            kind: 'CONFIG',
            fingerprint: 'config',
            count: 1,
            repository: { connect: { id: repositoryId } },
          },
        },
      },
    })
    await tx.prisma.manifest.create({
      data: {
        repositoryId,
        digest: referrerDigest,
        mediaType: 'application/vnd.oci.image.manifest.v1+json',
        artifactType: 'application/example',
        subjectDigest: image.digest,
        content: new Uint8Array(referrer),
        sizeBytes: referrer.length,
        totalSizeBytes: referrer.length,
        platforms: '',
        pushedBy: 'admin',
      },
    })
    await tx.prisma.tag.create({
      data: { repositoryId, name: 'v1', digest: image.digest, createdAt: now, updatedAt: now, updatedBy: 'admin' },
    })
  }
}

async function* chunksOf(blob: Buffer): AsyncIterable<readonly Uint8Array[]> {
  yield await Promise.resolve([blob])
}
