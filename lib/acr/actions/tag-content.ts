import { z } from 'zod'
import { type ActionCall, action } from '@/lib/acr/action'
import { findRepository, repositoryParameters } from '@/lib/acr/find-repository'
import { lookingFor } from '@/lib/acr/not-exist'
import { optional, text } from '@/lib/acr/parameters'
import { isDigest } from '@/lib/domain/digest'
import { getManifestDetails } from '@/lib/registry/content/get-manifest-details'
import { getManifestOfTag } from '@/lib/registry/content/get-manifest-of-tag'
import type { LayerDetails, ManifestDetails } from '@/lib/registry/content/manifest-details'

/** The manifest that a tag points at. There are none of schema 1 here; an index has neither config nor layers. */
const getRepoTagManifest = action({
  name: 'GetRepoTagManifest',
  input: z.object({
    ...repositoryParameters,
    Tag: text,
    SchemaVersion: optional(z.enum(['2'], { error: '2: the registry has no manifests of schema 1' })),
  }),
  async run(call) {
    const { ctx, principal, input } = call
    const { id, namespace, name } = await findRepository(call)
    const manifest = await lookingFor('tag', call, () => getManifestOfTag(ctx, principal, id, input.Tag))
    const { config, image } = manifest
    return {
      Manifest: {
        SchemaVersion: 2,
        Name: `${namespace}/${name}`,
        Tag: input.Tag,
        Architecture: image?.platform?.split('/')[1] ?? '',
        MediaType: manifest.mediaType,
        Config: {
          MediaType: config?.mediaType ?? '',
          Size: config?.sizeBytes ?? 0,
          Digest: config?.digest ?? '',
        },
        Layers: layersOf(manifest).map(({ digest, mediaType, sizeBytes }) => ({
          MediaType: mediaType ?? '',
          Digest: digest,
          Size: sizeBytes,
        })),
        FsLayers: [],
        History: [],
        Signatures: [],
      },
    }
  },
})

/**
 * How an image was built: its layers, and the steps that made none, in order. Of an index, the image that `Digest` names,
 * or its first one.
 */
const getRepoTagLayers = action({
  name: 'GetRepoTagLayers',
  input: z.object({
    ...repositoryParameters,
    Tag: text,
    Digest: optional(
      text
        .transform((given) => (given.includes(':') ? given : `sha256:${given}`))
        .refine(isDigest, { message: 'a digest' }),
    ),
  }),
  async run(call) {
    const { id } = await findRepository(call)
    const { layers } = await lookingFor('tag', call, () => findImage(call, id, call.input))
    return {
      Layers: layers.items.map((layer, index) => ({
        LayerIndex: index,
        ...stepOf(layer.createdBy),
        BlobDigest: layer.digest ?? '',
        BlobSize: layer.sizeBytes,
      })),
    }
  },
})

async function findImage(
  { ctx, principal }: Pick<ActionCall, 'ctx' | 'principal'>,
  repositoryId: string,
  { Tag, Digest }: { readonly Tag: string; readonly Digest?: string | undefined },
): Promise<ManifestDetails> {
  const ofTag = await getManifestOfTag(ctx, principal, repositoryId, Tag)
  const image = ofTag.children.items.find(({ kind, isPresent }) => kind === 'image' && isPresent)
  const digest = Digest ?? image?.digest
  return digest === undefined ? ofTag : getManifestDetails(ctx, principal, repositoryId, digest)
}

/** Without the steps that made no layer. */
function layersOf({ layers }: ManifestDetails): LayerDetails[] {
  return layers.items.filter(({ digest }) => digest !== null)
}

/**
 * What a step of a build did, as the Dockerfile has it. Docker's old builder writes `/bin/sh -c #(nop)  CMD ["sh"]` and
 * `/bin/sh -c make`, BuildKit `CMD ["sh"]` and `RUN /bin/sh -c make # buildkit`.
 */
function stepOf(createdBy: string | null): { readonly LayerInstruction: string; readonly LayerCMD: string } {
  const made = (createdBy ?? '').trim()
  const step = made.replace(/^\/bin\/sh -c #\(nop\)\s*/, '').replace(/\s*# buildkit$/, '')
  const [, instruction, rest = ''] = /^([A-Z]+)(?:\s+([^]*))?$/.exec(step) ?? []
  if (instruction !== undefined) return { LayerInstruction: instruction, LayerCMD: rest }
  return { LayerInstruction: step === '' ? '' : 'RUN', LayerCMD: step.replace(/^\/bin\/sh -c\s*/, '') }
}

/** What is inside the image of a tag. */
export const tagContentActions = [getRepoTagManifest, getRepoTagLayers]
