import { parseDigest } from '@/lib/domain/digest'
import { AppError } from '@/lib/domain/errors'
import { isPlainText } from '@/lib/domain/plain-text'
import { type ReferrerPage, listReferrers as listReferrersOfRepository } from '@/lib/registry/pull/list-referrers'
import { type Call, answerList, pathAtHost } from './call'
import { linkNextPage, parseLast } from './paging'

const indexType = 'application/vnd.oci.image.index.v1+json'

/** GET of the manifests that name a digest as their subject (distribution-spec, "Listing Referrers"). */
export async function listReferrers(call: Call): Promise<void> {
  const { ctx, response, principal, repository, query, target } = call
  const digest = parseDigest(target)
  const artifactType = parseArtifactType(query)
  const page = await listReferrersOfRepository(ctx, principal, repository, digest, {
    artifactType,
    after: parseLast(query),
  })
  if (artifactType !== null) setFiltered(response)
  if (page.next !== null) {
    linkNextPage(response, `/v2/${pathAtHost(call)}/referrers/${digest}`, {
      ...(artifactType !== null && { artifactType }),
      last: page.next,
    })
  }
  answerIndex(call, page)
}

/** A registry with this API must never answer 404 here (specification): an unknown digest has no referrers. */
export function listNoReferrers(call: Pick<Call, 'request' | 'response' | 'query' | 'target'>): void {
  const { response, query, target } = call
  parseDigest(target)
  if (parseArtifactType(query) !== null) setFiltered(response)
  answerIndex(call, { referrers: [], next: null })
}

/** The type to list; null for all. */
function parseArtifactType(query: URLSearchParams): string | null {
  const artifactType = query.get('artifactType')
  if (artifactType === null || isPlainText(artifactType)) return artifactType
  throw new AppError('BAD_REQUEST', { message: 'artifactType must be a media type' })
}

function setFiltered(response: Call['response']): void {
  response.setHeader('OCI-Filters-Applied', 'artifactType')
}

function answerIndex(call: Pick<Call, 'request' | 'response'>, page: ReferrerPage): void {
  const manifests = page.referrers.map(({ mediaType, digest, sizeBytes, artifactType, annotations }) => {
    const descriptor = JSON.stringify({
      mediaType,
      digest,
      size: sizeBytes,
      ...(artifactType !== null && { artifactType }),
    })
    // Put in as text: parsing megabytes only to write them again would take time and memory.
    return annotations === null || annotations === '{}'
      ? descriptor
      : `${descriptor.slice(0, -1)},"annotations":${annotations}}`
  })
  answerList(call, indexType, `{"schemaVersion":2,"mediaType":"${indexType}","manifests":[${manifests.join(',')}]}`)
}
