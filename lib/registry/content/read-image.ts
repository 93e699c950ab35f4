import type { ComparedImage } from '@/lib/domain/compare-images'
import { readHelmChart } from '@/lib/domain/content/helm-chart'
import { environmentVariables, imageLabels, readImageConfig, readImageSteps } from '@/lib/domain/content/image-config'
import type { ManifestContent } from '@/lib/domain/content/manifest-content'
import { listLinkedSizes } from '@/lib/metadata/blobs'
import type { Context } from '@/lib/context'
import { turns } from '@/lib/registry/give-turns'
import { type ReadConfig, readConfig } from './read-config'

/** What of an image is compared, and whether that is all of it. */
export interface ReadImage {
  readonly image: ComparedImage | null
  readonly isWhole: boolean
}

/** Reads an image or chart of a repository, to compare it. `content` is null for a manifest that cannot be read. */
export async function readImage(
  ctx: Context,
  repositoryId: string,
  content: ManifestContent | null,
): Promise<ReadImage> {
  if (content === null) return { image: null, isWhole: false }
  const { config, layers } = content
  const present = config === null ? null : await listLinkedSizes(ctx.db, repositoryId, [config.digest])
  const read = config === null ? null : await readConfig(ctx, config, present?.has(config.digest) === true)
  const isImage = read?.type === 'image'
  const giveTurn = turns()
  const environment = isImage ? environmentVariables(read.json) : new Map<string, string>()
  const labels = isImage ? imageLabels(read.json) : new Map<string, string>()
  await giveTurn()
  const steps = readImageSteps(layers, isImage ? read.json : undefined)
  return {
    image: {
      layers: steps.flatMap(({ layer, createdBy }) =>
        layer === null ? [] : [{ digest: layer.digest, sizeBytes: layer.sizeBytes, createdBy }],
      ),
      config: config === null ? null : { digest: config.digest, sizeBytes: config.sizeBytes },
      settings: new Map(read === null ? [] : settingsOf(read)),
      environment,
      labels,
    },
    isWhole: read === null || ['read', 'none', 'unknownType'].includes(read.state),
  }
}

/** What a config says besides variables and labels, under the names of `ImageConfig` and `HelmChart`. */
function settingsOf({ type, state, json }: ReadConfig): [string, string][] {
  if (type === null || state !== 'read') return []
  const values: Readonly<Record<string, unknown>> = {
    ...(type === 'image' ? readImageConfig(json) : readHelmChart(json)),
  }
  return Object.entries(values).flatMap(([name, value]): [string, string][] => {
    // When it was built always differs.
    if (name === 'createdAt' || name === 'environment' || name === 'labels') return []
    if (typeof value === 'string') return [[name, value]]
    if (!Array.isArray(value) || value.length === 0) return []
    const isCommand = name === 'entrypoint' || name === 'command'
    return [[name, isCommand ? JSON.stringify(value) : value.join(', ')]]
  })
}
