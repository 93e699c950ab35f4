import { z } from 'zod'

/*
 * The fields of each action's answer, besides those that every answer has, with their types as ACR documents them: SDKs
 * of typed languages cannot read others. Times are milliseconds.
 */

const ms = z.int().min(1_500_000_000_000)
const msText = z.string().regex(/^1\d{12}$/)
const countText = z.string().regex(/^\d+$/)
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
  RepoBuildType: z.enum(['MANUAL', 'AUTO']),
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

/** By action. */
export const acrAnswers: Readonly<Record<string, z.ZodType<Readonly<Record<string, unknown>>>>> = {
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
}
