import { found, versioned } from '@/lib/api/route/answers'
import { operations } from '@/lib/api/operations/operations'
import { resource } from '@/lib/api/route/resource'
import { route } from '@/lib/api/route/route'
import { deleteTagWithEffect } from '@/lib/registry/tags/delete-tag-with-effect'
import { getTag } from '@/lib/registry/tags/get-tag'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = resource({
  GET: route(operations.getTag, async ({ ctx, principal, params }) =>
    versioned(await getTag(ctx, principal, params.repositoryId, params.tag)),
  ),
  DELETE: route(operations.deleteTag, async ({ ctx, principal, params: { repositoryId, tag }, query, expected }) => {
    return { body: found(await deleteTagWithEffect(ctx, principal, repositoryId, tag, { ...query, expected })) }
  }),
})
