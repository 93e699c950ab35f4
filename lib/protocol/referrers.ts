import { parseDigest } from '@/lib/domain/digest'
import { type ReferrerPage, listReferrers as listReferrersOfRepository } from '@/lib/registry/list-referrers'
import type { Call } from './call'

const indexType = 'application/vnd.oci.image.index.v1+json'

/** GET of the manifests that name a digest as their subject (distribution-spec, "Listing Referrers"). */
export async function listReferrers({ ctx, response, repository, query, target }: Call): Promise<void> {
  const digest = parseDigest(target)
  const artifactType = query.get('artifactType')
  const page = await listReferrersOfRepository(ctx, repository, digest, {
    artifactType,
    after: query.get('last') ?? '',
  })
  const filter = artifactType === null ? '' : `artifactType=${encodeURIComponent(artifactType)}&`
  const next = `/v2/${repository.path}/referrers/${digest}?${filter}last=${encodeURIComponent(page.next ?? '')}`
  answerIndex(response, page, {
    ...(artifactType !== null && { 'OCI-Filters-Applied': 'artifactType' }),
    ...(page.next !== null && { Link: `<${next}>; rel="next"` }),
  })
}

/** The specification has a registry with this API never answer 404 here: what is unknown has no referrers. */
export function listNoReferrers({ response, query, target }: Pick<Call, 'response' | 'query' | 'target'>): void {
  parseDigest(target)
  const headers = query.has('artifactType') ? { 'OCI-Filters-Applied': 'artifactType' } : {}
  answerIndex(response, { referrers: [], next: null }, headers)
}

function answerIndex(response: Call['response'], page: ReferrerPage, headers: Record<string, string>): void {
  const manifests = page.referrers.map(({ mediaType, digest, sizeBytes, artifactType, annotations }) => ({
    mediaType,
    digest,
    size: sizeBytes,
    ...(artifactType !== null && { artifactType }),
    ...(Object.keys(annotations).length > 0 && { annotations }),
  }))
  const body = JSON.stringify({ schemaVersion: 2, mediaType: indexType, manifests })
  response.writeHead(200, { ...headers, 'Content-Type': indexType, 'Content-Length': Buffer.byteLength(body) })
  response.end(body)
}
