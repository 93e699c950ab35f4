import type { Context } from '@/lib/context'
import { hashToken } from '@/lib/secrets/token-hash'
import {
  accessKeyId,
  grantId,
  ids,
  image,
  openingId,
  passwords,
  referrerDigest,
  robotId,
  sessionId,
  temporaryTokenId,
  userId,
} from './test-world'

/** The request of a row of the matrix, besides its operation. */
export interface AccessRequest {
  /** Parameters of the path, by name. */
  readonly params?: Readonly<Record<string, string>>
  readonly query?: string
  readonly body?: object
  /** The credential that the row is about; both when missing. */
  readonly by?: 'session' | 'access key'
  /** Changes the world as the row requires. */
  readonly prepare?: (ctx: Context) => Promise<unknown>
}

const main = { params: { instanceId: ids.main } }
const beside = { params: { instanceId: ids.besideInstance } }
const team = { params: { namespaceId: ids.team } }
const other = { params: { namespaceId: ids.other } }
const closed = { params: { repositoryId: ids.closed } }
const open = { params: { repositoryId: ids.open } }
const secret = { params: { repositoryId: ids.secret } }
const besideClosed = { params: { repositoryId: ids.besideClosed } }
const tagOfClosed = { params: { repositoryId: ids.closed, tag: 'v1' } }
const manifestOfClosed = { params: { repositoryId: ids.closed, digest: image.digest } }
const manifestOfOpen = { params: { repositoryId: ids.open, digest: image.digest } }
const fileOf = (repositoryId: string, digest: string, fileDigest: string) => ({
  params: { repositoryId, digest, fileDigest },
})
const tagOfOpen = { params: { repositoryId: ids.open, tag: 'v1' } }
const someUser = { params: { userId: userId('none') } }
const someKey = { params: { userId: userId('none'), accessKeyId: accessKeyId('none') } }
const someRobot = { params: { robotId: robotId('none') } }
const ofPuller = { params: { grantId: grantId('pull-repository') } }
const ofManager = { params: { grantId: grantId('manage-instance') } }

const invitationToken = 'token-of-the-invitation'

/** The user `none` has no password. */
const awaitPassword = ({ db }: Context) =>
  db.prisma.user.update({ where: { id: userId('none') }, data: { passwordHash: null } })

/** The user `none` has no password, and an invitation to set one. */
const invited = {
  prepare: async (ctx: Context) => {
    await awaitPassword(ctx)
    await invite(ctx, null)
  },
}

/** The same, but the invitation was revoked. */
const revokedInvitation = {
  prepare: async (ctx: Context) => {
    await awaitPassword(ctx)
    await invite(ctx, new Date())
  },
}

async function invite({ db }: Context, revokedAt: Date | null): Promise<void> {
  const createdAt = new Date()
  const expiresAt = new Date(createdAt.getTime() + 60_000)
  const row = { id: 'inv-0000000000000001', tokenHash: hashToken(invitationToken), userId: userId('none') }
  await db.prisma.invitation.create({ data: { ...row, createdBy: 'admin', createdAt, expiresAt, revokedAt } })
}

/** The tags of `closed` are protected, and none is open. */
const immutable = {
  async prepare({ db }: Context) {
    await db.prisma.tagOpening.deleteMany({ where: { repositoryId: ids.closed } })
    await db.prisma.repository.update({ where: { id: ids.closed }, data: { immutabilityMode: 'enforce' } })
  },
}

/** The tag `v1` points at another manifest than it did at first. */
const movedBefore = (repositoryId: string) => ({
  prepare: ({ db }: Context) =>
    db.prisma.tag.updateMany({ where: { repositoryId, name: 'v1' }, data: { digest: referrerDigest } }),
})
const opening = { tag: 'v1', reason: 'because', minutes: 15 }

const copyFrom = (repositoryId: string) => ({ body: { name: 'new', source: { repositoryId, tag: 'v1' } } })
const repositoryIn = (namespace: string) => ({ body: { namespace, name: 'new' } })
const grantOn = (scopeId: string) => ({ body: { subjectId: userId('owner'), scopeId, permission: 'PULL' } })
const logOn = (userName: string, password: string) => ({ body: { userName, password } })

const newPassword = 'another-horse-battery'

/**
 * The request of each row of e2e/access/rest.ts, by operation and object; some depend on the caller. Rows not listed
 * here are requested without parameters, query and body.
 */
export const accessRequests: Readonly<Record<string, AccessRequest | ((caller: string) => AccessRequest)>> = {
  'search for v1': { query: '?q=v1' },

  'createInstance any': { body: { name: 'another', regionId: 'cn-beijing' } },
  'getInstance main': main,
  'getInstance beside': beside,
  'updateInstance main, anonymous pull': { ...main, body: { allowAnonymousPull: true } },
  'updateInstance beside, anonymous pull': { ...beside, body: { allowAnonymousPull: true } },
  'updateInstance main, name': { ...main, body: { name: 'renamed' } },
  'deleteInstance empty': { params: { instanceId: ids.empty } },

  'listNamespaces main': main,
  'listNamespaces beside': beside,
  'createNamespace main': { ...main, body: { name: 'new' } },
  'createNamespace beside': { ...beside, body: { name: 'new' } },
  'getNamespace team': team,
  'getNamespace other': other,
  'updateNamespace team': { ...team, body: { autoCreateRepository: false } },
  'updateNamespace other': { ...other, body: { autoCreateRepository: false } },
  'deleteNamespace team, which is not empty': team,
  'deleteNamespace spare': { params: { namespaceId: ids.spare } },

  'listRepositories main': main,
  'listRepositories beside': beside,
  'createRepository in team': { ...main, ...repositoryIn('team') },
  'createRepository in other': { ...main, ...repositoryIn('other') },
  'createRepository in no namespace': { ...main, ...repositoryIn('nothing') },
  "createRepository in beside's team": { ...beside, ...repositoryIn('team') },
  'getRepository closed': closed,
  'getRepository open': open,
  'getRepository secret': secret,
  "getRepository beside's closed": besideClosed,
  'getRepositoryByName closed': { ...main, query: '?path=team%2Fclosed' },
  'getRepositoryByName open': { ...main, query: '?path=team%2Fopen' },
  'getRepositoryByName secret': { ...main, query: '?path=other%2Fsecret' },
  'getRepositoryByName nothing': { ...main, query: '?path=team%2Fnothing' },
  "getRepositoryByName beside's closed": { ...beside, query: '?path=team%2Fclosed' },
  'updateRepository closed': { ...closed, body: { summary: 'changed' } },
  'updateRepository open': { ...open, body: { tagImmutability: true } },
  "updateRepository beside's closed": { ...besideClosed, body: { summary: 'changed' } },
  'deleteRepository closed': closed,
  'deleteRepository open': open,
  'deleteRepository closed, immutable': { ...closed, ...immutable },
  'deleteRepository closed, immutable, forced': {
    ...closed,
    ...immutable,
    query: '?force=team%2Fclosed&reason=because',
  },

  'getImmutability of closed': closed,
  'getImmutability of open': open,
  'previewImmutability of closed': { ...closed, query: '?mode=enforce' },
  'previewImmutability of open': open,
  'checkImmutability in closed': { ...closed, body: { tag: 'v1' } },
  'checkImmutability in closed, immutable': { ...closed, ...immutable, body: { tag: 'v1' } },
  'checkImmutability in open': { ...open, body: { tag: 'v1' } },
  'listOpenings of closed': closed,
  'listOpenings of open': open,
  'openTag of closed, mutable': { ...closed, body: opening },
  'openTag of closed, immutable': { ...closed, ...immutable, body: opening },
  'openTag of open': { ...open, body: opening },
  'closeOpening of closed': { params: { ...closed.params, openingId: openingId(ids.closed) } },
  'closeOpening of open': { params: { ...open.params, openingId: openingId(ids.open) } },
  'listImmutabilityChanges of main': main,
  'listImmutabilityChanges of beside': beside,
  'createImmutabilityChange of closed': {
    ...main,
    body: { immutability: { mode: 'enforce' }, repositoryIds: [ids.closed] },
  },
  'createImmutabilityChange of all that match': { ...main, body: { immutability: { mode: 'audit' }, filter: {} } },
  'previewImmutabilityChange of closed': {
    ...main,
    body: { immutability: { mode: 'enforce' }, repositoryIds: [ids.closed] },
  },
  'previewImmutabilityChange in beside': { ...beside, body: { immutability: { mode: 'audit' }, filter: {} } },
  'createImmutabilityChange in beside': { ...beside, body: { immutability: { mode: 'audit' }, filter: {} } },
  'getImmutabilityChange of an administrator': { params: { changeId: ids.change } },

  'listTags of closed': closed,
  'listTags of open': open,
  'listUntaggedManifests of closed': closed,
  'listUntaggedManifests of open': open,
  'getTag of closed': tagOfClosed,
  'getTag of open': tagOfOpen,
  'getTagSpace of closed': tagOfClosed,
  'getTagSpace of open': tagOfOpen,
  'getRepositorySpace of closed': closed,
  'getRepositorySpace of open': open,
  'getInstanceSpace of main': main,
  'getInstanceSpace of beside': beside,
  'getFigures of main': main,
  'getFigures of beside': beside,
  'getTransparencyLog of main': main,
  'getTransparencyLog of beside': beside,
  'getTagEvidence of closed': tagOfClosed,
  'getTagEvidence of open': tagOfOpen,
  'getTagEvidence of no tag of closed': { params: { repositoryId: ids.closed, tag: 'nothing' } },
  'copyTag in closed': { ...closed, body: { name: 'new', source: { tag: 'v1' } } },
  'copyTag in closed, over protected': {
    ...closed,
    ...immutable,
    body: { name: 'v1', source: { digest: referrerDigest } },
  },
  'copyTag from open to closed': { ...closed, ...copyFrom(ids.open) },
  'copyTag from secret to closed': { ...closed, ...copyFrom(ids.secret) },
  'copyTag from closed to open': { ...open, ...copyFrom(ids.closed) },
  "copyTag from beside's to closed": { ...closed, ...copyFrom(ids.besideClosed) },
  "copyTag from closed to beside's": { ...besideClosed, ...copyFrom(ids.closed) },
  'restoreTag of closed': { ...tagOfClosed, ...movedBefore(ids.closed), body: { digest: image.digest } },
  'restoreTag of open': { ...tagOfOpen, ...movedBefore(ids.open), body: { digest: image.digest } },
  'restoreTag protected': {
    ...tagOfClosed,
    prepare: async (ctx) => {
      await movedBefore(ids.closed).prepare(ctx)
      await immutable.prepare(ctx)
    },
    body: { digest: image.digest },
  },
  'deleteTags of closed': { ...closed, body: { names: ['v1'] } },
  'deleteTags of open': { ...open, body: { names: ['v1'] } },
  'deleteTag of closed': tagOfClosed,
  'deleteTag of open': tagOfOpen,
  'deleteTag protected': { ...tagOfClosed, ...immutable },
  'deleteTag protected, with a reason': { ...tagOfClosed, ...immutable, query: '?reason=because' },

  'listRepositoryEvents of closed': closed,
  'listRepositoryEvents of open': open,
  "listRepositoryEvents of beside's closed": besideClosed,
  'getTagHistory of closed': tagOfClosed,
  'getTagHistory of open': tagOfOpen,
  'getTagHistory of no tag of closed': { params: { repositoryId: ids.closed, tag: 'nothing' } },
  'getManifest of closed': manifestOfClosed,
  'getManifest of open': manifestOfOpen,
  'getManifest of no manifest of closed': {
    params: { repositoryId: ids.closed, digest: image.digest.replace(/.$/, 'x') },
  },
  'downloadManifest of closed': manifestOfClosed,
  'downloadManifest of open': manifestOfOpen,
  'downloadFile of closed': fileOf(ids.closed, image.digest, image.configDigest),
  'downloadFile of open': fileOf(ids.open, image.digest, image.configDigest),
  'downloadFile which the manifest does not name': fileOf(ids.open, referrerDigest, image.configDigest),
  'listAttachments of closed': manifestOfClosed,
  'listAttachments of open': manifestOfOpen,
  'compareContent of closed': { ...closed, query: `?before=v1&after=${image.digest}` },
  'compareContent of open': { ...open, query: `?before=v1&after=${image.digest}` },
  'compareContent of no tag of closed': { ...closed, query: '?before=v1&after=nothing' },
  'getManifestOfTag of closed': tagOfClosed,
  'getManifestOfTag of open': tagOfOpen,
  'listTombstones of closed': closed,
  'listTombstones of open': open,
  'releaseTagName in closed': { params: { ...closed.params, tag: 'gone' }, body: { reason: 'because' } },
  'releaseTagName in open': { params: { ...open.params, tag: 'gone' }, body: { reason: 'because' } },
  'listInstanceEvents of main': main,
  'listInstanceEvents of beside': beside,

  'createGarbageCollection a dry run': { body: { isDryRun: true } },
  'getGarbageCollection one': { params: { runId: '1' } },
  'createScrub any': { body: {} },
  'listPlannedManifests of a run': { params: { runId: '1' } },
  'getScrub one': { params: { runId: '2' } },

  'createUser any': { body: { name: 'new', password: newPassword } },
  'getUser one': someUser,
  'updateUser one': { ...someUser, body: { role: 'ADMINISTRATOR' } },
  'deleteUser one': someUser,
  'inviteUser any': { body: { name: 'new', grants: [{ scopeId: ids.closed, permission: 'PULL' }] } },
  'renewInvitation of one without a password': { ...someUser, prepare: awaitPassword },
  'renewInvitation of one with a password': someUser,
  'revokeInvitation of one who is invited': { ...someUser, ...invited },
  'revokeInvitation of one who is not invited': someUser,
  'resetSecondFactor of one': { params: { userId: userId('owner') } },
  'listAccessKeysOfUser of one': someUser,
  'updateAccessKeyOfUser of one': { ...someKey, body: { isDisabled: true } },
  'deleteAccessKeyOfUser of one': someKey,

  'createGrant on main': grantOn(ids.main),
  'createGrant on team': grantOn(ids.team),
  'createGrant on closed': grantOn(ids.closed),
  'createGrant on beside': grantOn(ids.besideInstance),
  "getGrant pull-repository's": ofPuller,
  "getGrant manage-instance's": ofManager,
  "updateGrant pull-repository's": { ...ofPuller, body: { permission: 'MANAGE' } },
  "updateGrant manage-instance's": { ...ofManager, body: { permission: 'PULL' } },
  "deleteGrant pull-repository's": ofPuller,
  "deleteGrant manage-instance's": ofManager,
  'listGrantSubjects for closed': { query: `?scopeId=${ids.closed}` },
  'listGrantSubjects for main': { query: `?scopeId=${ids.main}` },

  'listRobots of main': main,
  'listRobots of beside': beside,
  'createRobot of main': {
    ...main,
    body: { name: 'new', grants: [{ scopeId: ids.closed, permission: 'PUSH' }] },
  },
  'createRobot of main, granted beside': {
    ...main,
    body: { name: 'new', grants: [{ scopeId: ids.besideClosed, permission: 'PULL' }] },
  },
  'getRobot of main': someRobot,
  'updateRobot of main': { ...someRobot, body: { isDisabled: true } },
  'rotateRobotSecret of main': someRobot,
  'deleteRobot of main': someRobot,

  'getCredentials of main': main,
  'getCredentials of beside': beside,
  'setRegistryPassword of main': { ...main, body: { password: 'another-pw-2' } },
  'setRegistryPassword of beside': { ...beside, body: { password: 'another-pw-2' } },
  'removeRegistryPassword of main': main,
  'removeRegistryPassword of beside': beside,
  'listTemporaryTokens of main': main,
  'listTemporaryTokens of beside': beside,
  'createTemporaryToken of main': { ...main, body: { hours: 1 } },
  'createTemporaryToken of beside': { ...beside, body: { hours: 1 } },
  "revokeTemporaryToken one's own": (caller) => ({
    params: { instanceId: ids.main, temporaryTokenId: temporaryTokenId(caller) },
  }),
  "revokeTemporaryToken somebody else's": {
    params: { instanceId: ids.main, temporaryTokenId: temporaryTokenId('disabled') },
  },

  "createAccessKey one's own": { body: {} },
  "updateAccessKey one's own": (caller) => ({
    params: { accessKeyId: accessKeyId(caller) },
    body: { isDisabled: true },
  }),
  "updateAccessKey somebody else's": { params: { accessKeyId: accessKeyId('owner') }, body: { isDisabled: true } },
  "deleteAccessKey one's own": (caller) => ({ params: { accessKeyId: accessKeyId(caller) } }),
  "deleteAccessKey somebody else's": { params: { accessKeyId: accessKeyId('owner') } },

  'changePassword knowing it': { body: { currentPassword: passwords.console, newPassword } },
  'changePassword not knowing it': { body: { currentPassword: 'a-wrong-password', newPassword } },
  'createSecondFactor knowing the password': { body: { password: passwords.console } },
  'createSecondFactor not knowing it': { body: { password: 'a-wrong-password' } },
  'confirmSecondFactor none set up': { body: { code: '123456' } },
  'createRecoveryCodes no second factor': { body: { password: passwords.console } },
  'removeSecondFactor no second factor': { body: { password: passwords.console } },
  "deleteOneSession one's own": (caller) => ({ params: { sessionId: sessionId(caller) } }),
  "deleteOneSession somebody else's": { params: { sessionId: sessionId('owner') } },
  'getSession by a session': { by: 'session' },
  'getSession by an access key': { by: 'access key' },
  'createSession name and password': logOn('none', passwords.console),
  'createSession a wrong password': logOn('none', 'a-wrong-password'),
  'createSession of a disabled user': logOn('disabled', passwords.console),
  "createSession the registry's password": logOn('none', passwords.registry),
  'readInvitation an open one': { ...invited, body: { token: invitationToken } },
  'readInvitation of no such token': { ...invited, body: { token: 'another' } },
  'acceptInvitation an open one': { ...invited, body: { token: invitationToken, password: newPassword } },
  'acceptInvitation a revoked one': { ...revokedInvitation, body: { token: invitationToken, password: newPassword } },
  'acceptInvitation of no such token': { ...invited, body: { token: 'another', password: newPassword } },

  'exportAuditEvents all': { query: '?to=2020-01-01T00%3A00%3A00Z' },
  'getAuditEvent one': {
    params: { eventId: '1' },
    prepare: async ({ db }) => {
      const event = {
        ...{ action: 'UPDATE', targetType: 'USER', targetId: 'usr', targetName: 'user', actor: 'admin' },
        ...{ credential: '', address: '', userAgent: '', createdAt: new Date(), previousHash: '', hash: '' },
      }
      await db.prisma.auditEvent.upsert({ where: { id: 1 }, create: { id: 1, ...event }, update: {} })
    },
  },
}
