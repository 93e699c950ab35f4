import type { Context } from '@/lib/context'
import { ids, referrerDigest } from './test-world'

/** The request of a row of ACR's matrix, besides its action. */
export interface AcrAccessRequest {
  readonly parameters?: Readonly<Record<string, string>>
  /** Changes the world as the row requires. */
  readonly prepare?: (ctx: Context) => Promise<unknown>
}

const main = { InstanceId: ids.main }
const beside = { InstanceId: ids.besideInstance }
const team = { ...main, NamespaceName: 'team' }
const other = { ...main, NamespaceName: 'other' }
const closed = { ...main, RepoId: ids.closed }
const open = { ...main, RepoId: ids.open }
const besideClosed = { ...beside, RepoId: ids.besideClosed }
const newRepository = { RepoName: 'new', RepoType: 'PRIVATE', Summary: 'new' }
const changedRepository = { RepoType: 'PRIVATE', Summary: 'changed', TagImmutability: 'true' }
const v1OfClosed = { ...closed, Tag: 'v1' }
const v1OfOpen = { ...open, Tag: 'v1' }
const copyInClosed = { ...team, RepoName: 'closed', FromTag: 'v1', ToTag: 'v2' }

/** The tags of `closed` are protected, and none is open. */
async function setImmutable({ db }: Context): Promise<void> {
  await db.prisma.tagOpening.deleteMany({ where: { repositoryId: ids.closed } })
  await db.prisma.repository.update({ where: { id: ids.closed }, data: { immutabilityMode: 'enforce' } })
}

/** The same, and there is a second tag, of another digest. */
async function addProtectedTag(ctx: Context): Promise<void> {
  const now = new Date()
  const times = { createdAt: now, updatedAt: now, updatedBy: 'admin' }
  await ctx.db.prisma.tag.create({
    data: { repositoryId: ids.closed, name: 'v2', digest: referrerDigest, ...times },
  })
  await setImmutable(ctx)
}

/** By action and what of it. */
export const acrRequests: Readonly<Record<string, AcrAccessRequest>> = {
  'ListInstance all': {},
  'GetInstanceCount all': {},
  'ListInstanceRegion all': {},
  'ListTagResources of an instance': { parameters: { ResourceType: 'Instance', 'ResourceId.1': ids.main } },
  'GetInstance main': { parameters: main },
  'GetInstance beside': { parameters: beside },
  'GetInstanceUsage main': { parameters: main },
  'GetInstanceUsage beside': { parameters: beside },
  'GetInstanceEndpoint main': { parameters: { ...main, EndpointType: 'internet' } },
  'GetInstanceEndpoint beside': { parameters: { ...beside, EndpointType: 'internet' } },
  'ListInstanceEndpoint main': { parameters: main },
  'ListInstanceEndpoint beside': { parameters: beside },
  'GetInstanceVpcEndpoint main': { parameters: main },
  'GetInstanceVpcEndpoint beside': { parameters: beside },

  'ListNamespace main': { parameters: main },
  'ListNamespace beside': { parameters: beside },
  'CreateNamespace main': { parameters: { ...main, NamespaceName: 'new' } },
  'CreateNamespace beside': { parameters: { ...beside, NamespaceName: 'new' } },
  'GetNamespace team': { parameters: team },
  'GetNamespace other': { parameters: other },
  "GetNamespace beside's team": { parameters: { ...beside, NamespaceName: 'team' } },
  'UpdateNamespace team': { parameters: { ...team, DefaultRepoType: 'PUBLIC' } },
  'UpdateNamespace other': { parameters: { ...other, DefaultRepoType: 'PUBLIC' } },
  'DeleteNamespace team': { parameters: team },
  'DeleteNamespace team, immutable': { parameters: team, prepare: setImmutable },
  'DeleteNamespace other': { parameters: other },

  'ListRepository main': { parameters: main },
  'ListRepository beside': { parameters: beside },
  'CreateRepository in team': { parameters: { ...main, RepoNamespaceName: 'team', ...newRepository } },
  'CreateRepository in other': { parameters: { ...main, RepoNamespaceName: 'other', ...newRepository } },
  'CreateRepository in no namespace': { parameters: { ...main, RepoNamespaceName: 'nobody', ...newRepository } },
  "CreateRepository in beside's team": { parameters: { ...beside, RepoNamespaceName: 'team', ...newRepository } },
  'GetRepository closed': { parameters: closed },
  'GetRepository closed, by name': { parameters: { ...main, RepoNamespaceName: 'team', RepoName: 'closed' } },
  'GetRepository open': { parameters: open },
  'GetRepository secret, by name': { parameters: { ...main, RepoNamespaceName: 'other', RepoName: 'secret' } },
  "GetRepository beside's closed": { parameters: besideClosed },
  "GetRepository beside's in main": { parameters: { ...besideClosed, ...main } },
  'UpdateRepository closed': { parameters: { ...closed, ...changedRepository } },
  'UpdateRepository open': { parameters: { ...open, ...changedRepository } },
  "UpdateRepository beside's closed": { parameters: { ...besideClosed, ...changedRepository } },
  'DeleteRepository closed': { parameters: closed },
  'DeleteRepository open': { parameters: open },
  'DeleteRepository closed, immutable': { parameters: closed, prepare: setImmutable },

  'ListRepoTag of closed': { parameters: closed },
  'ListRepoTag of open': { parameters: open },
  'GetRepoTag of closed': { parameters: v1OfClosed },
  'GetRepoTag of open': { parameters: v1OfOpen },
  'GetRepoTag of open, not there': { parameters: { ...open, Tag: 'v9' } },
  'GetRepoTagManifest of closed': { parameters: { ...v1OfClosed, SchemaVersion: '2' } },
  'GetRepoTagManifest of open': { parameters: { ...v1OfOpen, SchemaVersion: '2' } },
  'GetRepoTagLayers of closed': { parameters: v1OfClosed },
  'GetRepoTagLayers of open': { parameters: v1OfOpen },
  'CreateRepoTag in closed': { parameters: copyInClosed },
  'CreateRepoTag in open': { parameters: { ...copyInClosed, RepoName: 'open' } },
  'CreateRepoTag in closed, over protected': { parameters: copyInClosed, prepare: addProtectedTag },
  'DeleteRepoTag of closed': { parameters: v1OfClosed },
  'DeleteRepoTag of open': { parameters: v1OfOpen },
  'DeleteRepoTag of closed, protected': { parameters: v1OfClosed, prepare: setImmutable },

  'ResetLoginPassword of main': { parameters: { ...main, Password: 'another-pw-1' } },
  'ResetLoginPassword of beside': { parameters: { ...beside, Password: 'another-pw-1' } },
  'GetAuthorizationToken of main': { parameters: main },
  'GetAuthorizationToken of beside': { parameters: beside },
}
