import { z } from 'zod'

/*
 * The fields of each action's answer, besides those that every answer has, with their types as ACR documents them: SDKs
 * of typed languages cannot read others. Times are milliseconds.
 */

const ms = z.int().min(1_500_000_000_000).describe('time')
const msText = z
  .string()
  .regex(/^1\d{12}$/)
  .describe('time as text')
const countText = z.string().regex(/^\d+$/).describe('number as text')
const type = z.enum(['PUBLIC', 'PRIVATE'])
const instanceId = z.string().regex(/^cri-/)
const repositoryId = z.string().regex(/^crr-/)

const nothing = z.strictObject({})

const paging = { PageNo: z.int(), PageSize: z.int() }
const tokens = { MaxResults: z.int().optional(), NextToken: z.string().optional() }

const namespace = z.strictObject({
  InstanceId: instanceId,
  NamespaceId: z.string().regex(/^crn-/),
  NamespaceName: z.string(),
  NamespaceStatus: z.literal('NORMAL'),
  AutoCreateRepo: z.boolean(),
  DefaultRepoType: type,
  DefaultRepoConfiguration: z.strictObject({
    RepoType: type,
    TagImmutability: z.boolean(),
    ArtifactBuildRuleParameters: z.strictObject({ ImageIndexOnly: z.boolean() }),
  }),
  ResourceGroupId: z.string(),
})

const listedRepository = z.strictObject({
  InstanceId: instanceId,
  RepoId: repositoryId,
  RepoNamespaceName: z.string(),
  RepoName: z.string(),
  RepoType: type,
  RepoStatus: z.literal('NORMAL'),
  RepoBuildType: z.literal('MANUAL'),
  Summary: z.string(),
  TagImmutability: z.boolean(),
  CreateTime: ms,
  ModifiedTime: ms,
  ResourceGroupId: z.string(),
})

const tag = z.strictObject({
  Tag: z.string(),
  Digest: z.string(),
  ImageId: z.string(),
  ImageSize: z.int(),
  ImageCreate: ms,
  ImageUpdate: ms,
  Status: z.literal('NORMAL'),
})

const instance = z.strictObject({
  InstanceId: instanceId,
  InstanceName: z.string(),
  InstanceSpecification: z.enum(['Enterprise_Basic', 'Enterprise_Standard', 'Enterprise_Advanced']),
  InstanceStatus: z.literal('RUNNING'),
  InstanceIssue: z.string(),
  ResourceGroupId: z.string(),
  Tags: z.array(z.strictObject({ TagKey: z.string(), TagValue: z.string() })),
})

const endpoint = z.strictObject({
  Enable: z.boolean(),
  Status: z.enum(['RUNNING', 'STOPPED']),
  AclEnable: z.boolean(),
  AclEntries: z.array(z.strictObject({ Entry: z.string(), Comment: z.string() })),
  Domains: z.array(z.strictObject({ Domain: z.string(), Type: z.enum(['SYSTEM', 'USER']) })),
})

const linkedVpcs = z.array(z.strictObject({ VpcId: z.string() }))

/** By action. */
export const acrAnswers: Readonly<Record<string, z.ZodType<Readonly<Record<string, unknown>>>>> = {
  GetInstance: instance.extend({ CreateTime: ms, ModifiedTime: ms }),
  ListInstance: z.strictObject({
    ...paging,
    TotalCount: z.int(),
    Instances: z.array(instance.extend({ RegionId: z.string(), CreateTime: msText, ModifiedTime: msText })),
  }),
  GetInstanceCount: z.strictObject({ Count: z.int() }),
  GetInstanceUsage: z.strictObject({
    NamespaceQuota: countText,
    NamespaceUsage: countText,
    RepoQuota: countText,
    RepoUsage: countText,
    ChartNamespaceQuota: countText,
    ChartNamespaceUsage: countText,
    ChartRepoQuota: countText,
    ChartRepoUsage: countText,
    VpcQuota: countText,
    VpcUsage: countText,
  }),
  ListInstanceRegion: z.strictObject({
    Regions: z.array(z.strictObject({ RegionId: z.string(), LocalName: z.string() })),
  }),
  GetInstanceEndpoint: endpoint,
  ListInstanceEndpoint: z.strictObject({
    Endpoints: z.array(endpoint.extend({ EndpointType: z.enum(['internet', 'vpc']), LinkedVpcs: linkedVpcs })),
  }),
  GetInstanceVpcEndpoint: z.strictObject({
    ModuleName: z.enum(['Registry', 'Chart']),
    Enable: z.boolean(),
    Domains: z.array(z.string()),
    LinkedVpcs: linkedVpcs,
  }),
  ListTagResources: z.strictObject({
    NextToken: z.string(),
    TagResources: z.strictObject({ TagResource: z.array(z.never()) }),
  }),
  CreateNamespace: nothing,
  UpdateNamespace: nothing,
  GetNamespace: namespace,
  ListNamespace: z.strictObject({ ...paging, TotalCount: countText, Namespaces: z.array(namespace) }),
  DeleteNamespace: nothing,
  CreateRepository: z.strictObject({ RepoId: repositoryId }),
  UpdateRepository: nothing,
  GetRepository: listedRepository.extend({ Detail: z.string() }),
  ListRepository: z.strictObject({
    ...paging,
    ...tokens,
    TotalCount: countText,
    Repositories: z.array(listedRepository),
  }),
  DeleteRepository: nothing,
  ListRepoTag: z.strictObject({
    ...paging,
    ...tokens,
    TotalCount: countText,
    Images: z.array(tag.extend({ ImageCreate: msText, ImageUpdate: msText })),
  }),
  GetRepoTag: tag,
  DeleteRepoTag: nothing,
  CreateRepoTag: nothing,
  GetRepoTagManifest: z.strictObject({
    Manifest: z.strictObject({
      SchemaVersion: z.literal(2),
      Name: z.string(),
      Tag: z.string(),
      Architecture: z.string(),
      MediaType: z.string(),
      Config: z.strictObject({ MediaType: z.string(), Size: z.int(), Digest: z.string() }),
      Layers: z.array(z.strictObject({ MediaType: z.string(), Digest: z.string(), Size: z.int() })),
      FsLayers: z.array(z.strictObject({ BlobSum: z.string() })),
      History: z.array(z.strictObject({ V1Compatibility: z.string() })),
      Signatures: z.array(z.never()),
    }),
  }),
  GetRepoTagLayers: z.strictObject({
    Layers: z.array(
      z.strictObject({
        LayerIndex: z.int(),
        LayerInstruction: z.string(),
        LayerCMD: z.string(),
        BlobDigest: z.string(),
        BlobSize: z.int(),
      }),
    ),
  }),
  ResetLoginPassword: nothing,
  GetAuthorizationToken: z.strictObject({ TempUsername: z.string(), AuthorizationToken: z.string(), ExpireTime: ms }),
}
