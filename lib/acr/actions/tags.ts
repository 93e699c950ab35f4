import { z } from 'zod'
import { action } from '@/lib/acr/action'
import { findRepository, repositoryParameters } from '@/lib/acr/find-repository'
import { lookingFor, notExist } from '@/lib/acr/not-exist'
import { readPageOf, tokenParameters } from '@/lib/acr/paging'
import { text } from '@/lib/acr/parameters'
import { AppError } from '@/lib/domain/errors'
import { isTag } from '@/lib/domain/reference'
import { findConfigs } from '@/lib/registry/content/find-configs'
import { copyTag } from '@/lib/registry/tags/copy-tag'
import { deleteTag } from '@/lib/registry/tags/delete-tag'
import { getTag } from '@/lib/registry/tags/get-tag'
import { listTagDetails } from '@/lib/registry/tags/list-tag-details'
import type { TagDetails } from '@/lib/registry/tags/tag-details'

/** Newest first. */
const listRepoTag = action({
  name: 'ListRepoTag',
  input: z.object({ ...repositoryParameters, ...tokenParameters }),
  async run(call) {
    const { ctx, principal, input } = call
    const { id: repositoryId } = await findRepository(call)
    return lookingFor('repository', call, async () => {
      const { items, totalCount, fields } = await readPageOf(input, (request) =>
        listTagDetails(ctx, principal, { ...request, repositoryId, sort: '-pushedAt' }),
      )
      const digests = items.map(({ digest }) => digest)
      const configs = await findConfigs(ctx, principal, repositoryId, digests)
      const images = items.map((tag) => {
        const { ImageCreate, ImageUpdate, ...image } = shown(tag, configs)
        return { ...image, ImageCreate: String(ImageCreate), ImageUpdate: String(ImageUpdate) }
      })
      return { ...fields, TotalCount: String(totalCount), Images: images }
    })
  },
})

const getRepoTag = action({
  name: 'GetRepoTag',
  input: z.object({ ...repositoryParameters, Tag: text }),
  async run(call) {
    const { ctx, principal, input } = call
    const { id } = await findRepository(call)
    const { value } = await lookingFor('tag', call, () => getTag(ctx, principal, id, input.Tag))
    return shown(value, await findConfigs(ctx, principal, id, [value.digest]))
  },
})

/**
 * Deletes a tag; a protected one is refused, whoever asks: an administrator deletes that with a reason in the console or
 * the REST API.
 */
const deleteRepoTag = action({
  name: 'DeleteRepoTag',
  input: z.object({ ...repositoryParameters, Tag: text }),
  async run(call) {
    const { id } = await findRepository(call)
    const deleted = await lookingFor('tag', call, () => deleteTag(call.ctx, call.principal, id, call.input.Tag))
    if (deleted === null) throw notExist('tag')
    return {}
  },
})

/** Points `ToTag` at what `FromTag` points at. The immutability policy decides as for a push. */
const createRepoTag = action({
  name: 'CreateRepoTag',
  input: z.object({
    InstanceId: text,
    NamespaceName: text,
    RepoName: text,
    FromTag: text,
    ToTag: text.refine(isTag, { message: '1 to 128 letters, digits, “_”, “.” and “-”; not “.” or “-” first' }),
  }),
  async run(call) {
    const { ctx, principal, input, host } = call
    const { InstanceId, NamespaceName: RepoNamespaceName, RepoName, FromTag, ToTag } = input
    const named = { ctx, principal, host, input: { InstanceId, RepoNamespaceName, RepoName } }
    const { id } = await findRepository(named)
    try {
      const copy = { name: ToTag, source: { tag: FromTag } }
      await lookingFor('repository', call, () => copyTag(ctx, principal, id, copy))
    } catch (error) {
      // Before anything is copied, it says that there is no such tag.
      throw AppError.is(error) && error.code === 'MANIFEST_UNKNOWN' ? notExist('tag') : error
    }
    return {}
  },
})

function shown(tag: TagDetails, configs: ReadonlyMap<string, string>) {
  return {
    Tag: tag.name,
    Digest: shortDigest(tag.digest),
    // An index has no config; its own digest says as well which image it is.
    ImageId: shortDigest(configs.get(tag.digest) ?? tag.digest),
    ImageSize: tag.sizeBytes,
    ImageCreate: Date.parse(tag.createdAt),
    ImageUpdate: Date.parse(tag.pushedAt),
    Status: 'NORMAL',
  }
}

/** A digest as ACR writes it: one of SHA-256 without its algorithm. */
function shortDigest(digest: string): string {
  return digest.replace(/^sha256:/, '')
}

/** Tags. */
export const tagActions = [listRepoTag, getRepoTag, deleteRepoTag, createRepoTag]
