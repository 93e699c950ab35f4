import type { ErrorCode } from '@/lib/domain/errors'
import type { Principal } from '@/lib/domain/principal'
import { parseRepositoryPath } from '@/lib/domain/reference'
import type { TrafficAction } from '@/lib/registry/traffic/opened-repository'
import { accessKeyId, grantId, ids, image, openingId, robotId, temporaryTokenId, userId } from './test-world'

/* The rows of lib/registry/authorize.test.ts: how each use case is called by principals without rights. */

/**
 * What a principal without rights gets: a refusal, nothing, or what is theirs to get (`own`: their account; `seen`:
 * what they may see).
 */
export type Outcome = ErrorCode | 'nothing' | 'own' | 'seen'

/** How a use case is called, and what principals without rights get. */
export interface UseCaseRow {
  /** Of a member without grants. */
  readonly member: Outcome
  /** UNAUTHORIZED unless it says otherwise. */
  readonly anonymous?: Outcome
  /** Of an administrator by a token that was made out for nothing: SCOPE_INSUFFICIENT unless it says otherwise. */
  readonly token?: Outcome | 'done'
  /** The arguments after context and principal. Right ones: the administrator is not refused. */
  readonly args: (by: Principal) => readonly unknown[]
}

const host = 'localhost:3000'
const pageSize = 10
const settings = { autoCreateRepository: false, defaultRepositoryType: 'PRIVATE', defaultTagImmutability: false }
const texts = { summary: '', description: '' }

const atOnce = (reference: string) => ({ instance: 'default', path: 'team/closed', reference, isForPush: false })

/** By room and function, and what of it where there are several. */
export const useCaseRows: Readonly<Record<string, UseCaseRow>> = {
  'audit/exportAuditEvents': { member: 'DENIED', args: () => [{}, 'jsonl'] },
  'audit/getAuditEvent': { member: 'DENIED', args: () => ['1'] },
  'audit/listAuditEvents': { member: 'DENIED', args: () => [{ pageSize }] },
  'audit/verifyAudit': { member: 'DENIED', args: () => [null] },

  'content/compareContent': { member: 'NOT_FOUND', args: () => [ids.closed, { before: 'v1', after: image.digest }] },
  'content/downloadFile': {
    member: 'NOT_FOUND',
    args: () => [{ repositoryId: ids.closed, digest: image.digest, fileDigest: image.configDigest }],
  },
  'content/downloadManifest': { member: 'NOT_FOUND', args: () => [ids.closed, image.digest] },
  'content/getManifestDetails': { member: 'NOT_FOUND', args: () => [ids.closed, image.digest] },
  'content/findConfigs': { member: 'NOT_FOUND', args: () => [ids.closed, [image.digest]] },
  'content/listAttachments': {
    member: 'NOT_FOUND',
    args: () => [{ repositoryId: ids.closed, digest: image.digest, pageSize }],
  },
  'content/getManifestOfTag': { member: 'NOT_FOUND', args: () => [ids.closed, 'v1'] },

  'credentials/createAccessKey': { member: 'own', args: () => [] },
  'credentials/listAccessKeys': { member: 'own', args: () => [{ pageSize }] },
  'credentials/listAccessKeys of another user': {
    member: 'DENIED',
    args: () => [{ userId: userId('owner'), pageSize }],
  },
  'credentials/updateAccessKey': {
    member: 'own',
    args: (by) => [{ accessKeyId: accessKeyId(by.name) }, { isDisabled: true }],
  },
  'credentials/updateAccessKey of another user': {
    member: 'DENIED',
    args: () => [{ userId: userId('owner'), accessKeyId: accessKeyId('owner') }, { isDisabled: true }],
  },
  'credentials/deleteAccessKey': { member: 'own', args: (by) => [{ accessKeyId: accessKeyId(by.name) }] },
  'credentials/deleteAccessKey of another user': {
    member: 'DENIED',
    args: () => [{ userId: userId('owner'), accessKeyId: accessKeyId('owner') }],
  },
  'credentials/createTemporaryToken': { member: 'NOT_FOUND', args: () => [ids.besideInstance, 1] },
  'credentials/listTemporaryTokens': {
    member: 'NOT_FOUND',
    args: () => [{ instanceId: ids.besideInstance, pageSize }],
  },
  'credentials/revokeTemporaryToken': {
    member: 'own',
    args: (by) => [{ instanceId: ids.main, temporaryTokenId: temporaryTokenId(by.name) }],
  },
  'credentials/getRegistryCredentials': { member: 'NOT_FOUND', args: () => [ids.besideInstance, host] },
  'credentials/setRegistryPassword': { member: 'NOT_FOUND', args: () => [ids.besideInstance, 'another-pw-2'] },
  'credentials/removeRegistryPassword': { member: 'own', args: () => [ids.main] },

  // They decide nothing but yes: the long way refuses.
  'pull/findBlobAtOnce': {
    member: 'nothing',
    anonymous: 'nothing',
    token: 'nothing',
    args: () => [atOnce(image.layerDigest)],
  },
  'pull/findManifestAtOnce': { member: 'nothing', anonymous: 'nothing', token: 'nothing', args: () => [atOnce('v1')] },

  'grants/createGrant': {
    member: 'DENIED',
    args: () => [{ subjectId: userId('owner'), scopeId: ids.main, permission: 'PULL' }],
  },
  'grants/getGrant': { member: 'NOT_FOUND', args: () => [grantId('manage-instance')] },
  'grants/updateGrant': { member: 'NOT_FOUND', args: () => [grantId('manage-instance'), { permission: 'PULL' }, null] },
  'grants/deleteGrant': { member: 'NOT_FOUND', args: () => [grantId('manage-instance'), null] },
  'grants/listGrants': { member: 'seen', args: () => [{ sort: 'subject', relation: 'within', pageSize }] },
  'grants/listGrantSubjects': { member: 'DENIED', args: () => [{ scopeId: ids.main, pageSize }] },

  'instances/createInstance': {
    member: 'DENIED',
    args: () => [{ name: 'another', regionId: 'cn-beijing', specification: 'Enterprise_Basic' }, host],
  },
  'instances/assertInstanceVisible': { member: 'NOT_FOUND', args: () => [ids.besideInstance] },
  'instances/getVisibleInstanceId': {
    member: 'NOT_FOUND',
    args: () => [{ regionId: 'cn-hangzhou', name: 'beside' }],
  },
  'instances/getInstance': { member: 'NOT_FOUND', args: () => [ids.besideInstance, host] },
  'instances/updateInstance': { member: 'DENIED', args: () => [ids.main, { allowAnonymousPull: true }, null, host] },
  'instances/deleteInstance': { member: 'DENIED', args: () => [ids.empty, null] },
  'instances/listInstances': { member: 'seen', args: () => [{ pageSize }, host] },
  'instances/listRegions': { member: 'seen', args: () => [] },

  'ledger/assertImageKnown': { member: 'NOT_FOUND', args: () => [ids.closed, { tag: 'v1', digest: image.digest }] },
  'ledger/listTagEvents': { member: 'DENIED', args: () => [{ repositoryId: ids.open }, { pageSize }] },
  'ledger/listTagEvents of what nobody shows': {
    member: 'NOT_FOUND',
    args: () => [{ repositoryId: ids.closed }, { pageSize }],
  },
  'ledger/listTagEvents of an instance': {
    member: 'DENIED',
    args: () => [{ instanceId: ids.main }, { pageSize }],
  },
  'ledger/getTagHistory': {
    member: 'DENIED',
    args: () => [
      { repositoryId: ids.open, tag: 'v1' },
      { pageSize, withRefusals: false },
    ],
  },
  'ledger/exportTagEvents': { member: 'DENIED', args: () => [{ repositoryId: ids.open }, {}] },
  'ledger/exportTagEvents of an instance': { member: 'DENIED', args: () => [{ instanceId: ids.main }, {}] },

  'maintenance/getMaintenanceRun': { member: 'DENIED', args: () => ['SCRUB', '1'] },
  'maintenance/listPlannedRemovals': { member: 'DENIED', args: () => ['2', { pageSize }] },
  'maintenance/listMaintenanceRuns': { member: 'DENIED', args: () => ['SCRUB', { pageSize }] },
  'maintenance/startGarbageCollection': { member: 'DENIED', args: () => [{ isDryRun: true }] },
  'maintenance/startScrub': { member: 'DENIED', args: () => [] },

  'namespaces/createNamespace': {
    member: 'DENIED',
    args: () => [ids.main, { name: 'new', ...settings, acceptSparseManifests: false, untaggedRetentionDays: 14 }],
  },
  'namespaces/getNamespace': { member: 'NOT_FOUND', args: () => [ids.other] },
  'namespaces/getNamespaceByName': { member: 'NOT_FOUND', args: () => [ids.main, 'other'] },
  'namespaces/updateNamespace': { member: 'DENIED', args: () => [ids.team, { autoCreateRepository: false }, null] },
  'namespaces/deleteNamespace': { member: 'NOT_FOUND', args: () => [ids.spare, null] },
  'namespaces/listNamespaces': { member: 'NOT_FOUND', args: () => [{ instanceId: ids.besideInstance, pageSize }] },

  'policy/getImmutability': { member: 'NOT_FOUND', args: () => [ids.closed] },
  'policy/previewImmutability': { member: 'DENIED', args: () => [ids.open, { mode: 'enforce' }] },
  'policy/checkImmutability': { member: 'DENIED', args: () => [ids.open, { tag: 'v1' }] },
  'policy/listOpenings': { member: 'NOT_FOUND', args: () => [ids.closed, { pageSize }] },
  'policy/openTag': { member: 'DENIED', args: () => [ids.open, { tag: 'v1', reason: 'because', minutes: 15 }] },
  'policy/closeOpening': { member: 'DENIED', args: () => [ids.open, openingId(ids.open)] },
  'policy/startImmutabilityChange': {
    member: 'DENIED',
    args: () => [ids.main, { immutability: { mode: 'audit' }, filter: {} }],
  },
  'policy/startImmutabilityChange of what nobody shows': {
    member: 'NOT_FOUND',
    args: () => [ids.besideInstance, { immutability: { mode: 'audit' }, filter: {} }],
  },
  'policy/previewImmutabilityChange': {
    member: 'DENIED',
    args: () => [ids.main, { immutability: { mode: 'audit' }, filter: {} }],
  },
  'policy/getImmutabilityChange': { member: 'NOT_FOUND', args: () => [ids.change] },
  'policy/listImmutabilityChanges': { member: 'NOT_FOUND', args: () => [{ instanceId: ids.besideInstance, pageSize }] },

  'push/findMountSource': {
    member: 'nothing',
    anonymous: 'nothing',
    // The token is an administrator's: what its holder may pull decides, not its scopes.
    token: 'done',
    args: () => [ids.main, 'other/secret'],
  },

  'repositories/createRepository': {
    member: 'DENIED',
    args: () => [ids.main, { namespace: 'team', name: 'new', type: 'PRIVATE', tagImmutability: false, ...texts }],
  },
  'repositories/createRepository beside': {
    member: 'NOT_FOUND',
    args: () => [
      ids.besideInstance,
      { namespace: 'team', name: 'new', type: 'PRIVATE', tagImmutability: false, ...texts },
    ],
  },
  'repositories/getRepository': { member: 'NOT_FOUND', args: () => [ids.closed] },
  'repositories/getVisibleRepositoryId': { member: 'NOT_FOUND', args: () => [ids.main, 'team/closed'] },
  'repositories/getRepositoryByName': { member: 'NOT_FOUND', args: () => [ids.main, 'team/closed'] },
  'repositories/changeRepository': { member: 'DENIED', args: () => [ids.open, { summary: 'changed' }, null] },
  'repositories/updateRepository': { member: 'DENIED', args: () => [ids.open, { summary: 'changed' }, null] },
  'repositories/deleteRepository': { member: 'DENIED', args: () => [ids.open, {}, null] },
  'repositories/deleteNamespaceWithContent': { member: 'NOT_FOUND', args: () => [ids.other] },
  'repositories/listRepositories': {
    member: 'NOT_FOUND',
    args: () => [{ instanceId: ids.besideInstance, sort: 'name', pageSize }],
  },

  'robots/createRobot': {
    member: 'DENIED',
    args: () => [ids.main, { name: 'new', description: '', expiresAt: null, grants: [] }],
  },
  'robots/getRobot': { member: 'NOT_FOUND', args: () => [robotId('none')] },
  'robots/updateRobot': { member: 'NOT_FOUND', args: () => [robotId('none'), { isDisabled: true }, null] },
  'robots/rotateRobotSecret': { member: 'NOT_FOUND', args: () => [robotId('none')] },
  'robots/deleteRobot': { member: 'NOT_FOUND', args: () => [robotId('none'), null] },
  'robots/listRobots': { member: 'DENIED', args: () => [{ instanceId: ids.main, pageSize }] },
  'robots/listRobots of all instances': { member: 'DENIED', args: () => [{ pageSize }] },

  'figures/getFigures': { member: 'DENIED', args: () => [ids.main, 30] },

  'space/getTagSpace': { member: 'NOT_FOUND', args: () => [ids.closed, 'v1'] },
  'space/getRepositorySpace': { member: 'NOT_FOUND', args: () => [ids.closed, false] },
  'space/getInstanceSpace': { member: 'DENIED', args: () => [ids.main, false] },

  'transparency/getTagEvidence': {
    member: 'NOT_FOUND',
    args: () => [{ repositoryId: ids.closed, tag: 'v1' }],
  },
  'transparency/getTransparencyLog': { member: 'DENIED', args: () => [{ instanceId: ids.main }] },
  'transparency/readCheckpoint': { member: 'DENIED', args: () => [host, ids.main] },
  'transparency/readServedPage': { member: 'DENIED', args: () => [host, ids.main, { kind: 'tags', after: '' }] },
  'transparency/readServedProgress': { member: 'DENIED', args: () => [host, ids.main] },
  'transparency/readLogTile': {
    member: 'DENIED',
    args: () => [host, ids.main, { level: 0, index: 0, width: 1 }],
  },

  'tags/getTag': { member: 'NOT_FOUND', args: () => [ids.closed, 'v1'] },
  'tags/listTagDetails': { member: 'NOT_FOUND', args: () => [{ repositoryId: ids.closed, sort: 'name', pageSize }] },
  'tags/listUntaggedManifests': { member: 'DENIED', args: () => [ids.open, { pageSize }] },
  'tags/listTombstones': { member: 'DENIED', args: () => [ids.open, { pageSize }] },
  'tags/copyTag': { member: 'DENIED', args: () => [ids.open, { name: 'new', source: { tag: 'v1' } }] },
  'tags/copyTag from elsewhere': {
    member: 'DENIED',
    args: () => [ids.open, { name: 'new', source: { repositoryId: ids.closed, tag: 'v1' } }],
  },
  'tags/restoreTag': {
    member: 'DENIED',
    args: () => [{ repositoryId: ids.open, tag: 'v1' }, { digest: image.digest }],
  },
  'tags/releaseTagName': { member: 'DENIED', args: () => [ids.open, 'gone', { reason: 'because' }] },
  'tags/deleteTag': { member: 'DENIED', args: () => [ids.open, 'v1'] },
  'tags/deleteTagWithEffect': { member: 'DENIED', args: () => [ids.open, 'v1'] },
  'tags/deleteTags': { member: 'DENIED', args: () => [ids.open, { names: ['v1'] }] },
  'tags/deleteManifest': { member: 'DENIED', args: () => [ids.open, image.digest] },
  'tags/deleteBlob': { member: 'DENIED', args: () => [ids.open, image.layerDigest] },

  'traffic/openRepository': { member: 'NAME_UNKNOWN', args: () => [ids.main, 'team/closed', 'pull'] },
  'traffic/openRepository to push': {
    member: 'DENIED',
    args: () => [ids.main, parseRepositoryPath('team/open'), 'push'],
  },
  'traffic/openRepository to delete': { member: 'DENIED', args: () => [ids.main, 'team/open', 'delete'] },
  'traffic/openRepository that a push makes': { member: 'NAME_UNKNOWN', args: () => [ids.main, 'team/new', 'push'] },
  'traffic/listRepositoryPaths': { member: 'seen', args: () => [ids.main, pageSize, ''] },
  'traffic/grantScopes': {
    member: 'nothing',
    anonymous: 'nothing',
    args: () => [
      { id: ids.main, allowAnonymousPull: false },
      { repositories: new Map([['team/closed', new Set(['pull', 'push'])]]), catalog: false },
    ],
  },

  'search/searchRegistry': { member: 'seen', args: () => [{ q: 'v1', limit: 5 }] },

  'users/createUser': {
    member: 'DENIED',
    args: () => [
      { name: 'new', displayName: '', role: 'MEMBER', isDisabled: false, password: 'another-horse-battery' },
    ],
  },
  'users/inviteUser': { member: 'DENIED', args: () => [{ name: 'new', displayName: '', role: 'MEMBER', grants: [] }] },
  'users/renewInvitation': { member: 'DENIED', args: () => [userId('owner')] },
  'users/revokeInvitation': { member: 'DENIED', args: () => [userId('owner')] },
  'users/getUser': { member: 'DENIED', args: () => [userId('owner')] },
  'users/updateUser': { member: 'DENIED', args: () => [userId('owner'), { displayName: 'changed' }, null] },
  'users/deleteUser': { member: 'DENIED', args: () => [userId('owner'), null] },
  'users/listUsers': { member: 'DENIED', args: () => [{ sort: 'name', pageSize }] },
  'users/makeAdministrator': { member: 'DENIED', args: () => ['none', null] },
  'users/recoverUser': {
    member: 'DENIED',
    args: () => ['none', { passwordHash: 'hash', removeSecondFactor: false }],
  },
  'users/resetSecondFactor': { member: 'DENIED', args: () => [userId('owner')] },
  'users/getProfile': { member: 'own', args: () => [] },
  'users/listSessions': { member: 'own', args: () => [null, { pageSize }] },
}

/** Use cases that take an opened repository: for which action, and the arguments with it. */
export const openedRows: Readonly<
  Record<string, { readonly action: TrafficAction; readonly args: (repository: unknown) => readonly unknown[] }>
> = {
  'pull/getBlob': { action: 'pull', args: (repository) => [repository, image.layerDigest] },
  'pull/getBlobSizeForPush': { action: 'pull', args: (repository) => [repository, image.layerDigest] },
  'pull/getManifest': { action: 'pull', args: (repository) => [repository, 'v1'] },
  'pull/getManifestForPush': { action: 'pull', args: (repository) => [repository, 'v1'] },
  'pull/listReferrers': {
    action: 'pull',
    args: (repository) => [repository, image.digest, { artifactType: null, after: '' }],
  },
  'pull/listTags': { action: 'pull', args: (repository) => [repository, pageSize, ''] },
  'push/startUpload': { action: 'push', args: (repository) => [repository, 'sha256'] },
  'push/getUploadSize': { action: 'push', args: (repository) => [repository, 'no-upload'] },
  'push/appendToUpload': { action: 'push', args: (repository) => [repository, 'no-upload', [], null] },
  'push/cancelUpload': { action: 'push', args: (repository) => [repository, 'no-upload'] },
  'push/finishUpload': { action: 'push', args: (repository) => [repository, 'no-upload', image.layerDigest] },
  'push/pushManifest': {
    action: 'push',
    args: (repository) => [
      repository,
      {
        digest: null,
        tags: ['new'],
        content: image.bytes,
        contentType: 'application/vnd.oci.image.manifest.v1+json',
        precondition: { kind: 'none' },
      },
    ],
  },
  'push/mountBlob': {
    action: 'push',
    args: (repository) => [{ source: null, target: repository }, image.layerDigest],
  },
}
