import { comparison, comparisonQuery } from '@/lib/api/schemas/comparison'
import { attachmentPage, attachmentQuery, manifestDetails } from '@/lib/api/schemas/manifests'
import type { Operation } from './operation'

/** What is inside manifests. */
export const manifestOperations = {
  getManifest: {
    id: 'getManifest',
    method: 'GET',
    path: '/repositories/{repositoryId}/manifests/{digest}',
    summary:
      'Get what is inside a manifest: config, layers with the commands that made them, the manifests of an index, annotations. At most 1 MiB: of longer lists the first items',
    status: 200,
    response: manifestDetails,
    refusals: ['NOT_FOUND'],
  },
  downloadManifest: {
    id: 'downloadManifest',
    method: 'GET',
    path: '/repositories/{repositoryId}/manifests/{digest}/content',
    summary: 'Download the exact bytes of a manifest',
    status: 200,
    download: ['application/json'],
    refusals: ['NOT_FOUND'],
  },
  downloadFile: {
    id: 'downloadFile',
    method: 'GET',
    path: '/repositories/{repositoryId}/manifests/{digest}/files/{fileDigest}',
    summary:
      'Download the config, a layer or a file that a manifest names, under its file name. Always as bytes to save, whatever its media type',
    status: 200,
    download: ['application/octet-stream'],
    refusals: ['NOT_FOUND', 'BLOB_UNKNOWN'],
  },
  listAttachments: {
    id: 'listAttachments',
    method: 'GET',
    path: '/repositories/{repositoryId}/manifests/{digest}/attachments',
    summary:
      'List what is attached to a manifest: signatures, SBOMs, attestations and other referrers, by subject, by technical tags (`sha256-….sig`), or because its index lists them',
    query: attachmentQuery,
    status: 200,
    response: attachmentPage,
    refusals: ['NOT_FOUND', 'PAGE_INVALID'],
  },
  getManifestOfTag: {
    id: 'getManifestOfTag',
    method: 'GET',
    path: '/repositories/{repositoryId}/tags/{tag}/manifest',
    summary: 'Get what is inside the manifest that a tag points at',
    status: 200,
    response: manifestDetails,
    refusals: ['NOT_FOUND'],
  },
  compareContent: {
    id: 'compareContent',
    method: 'GET',
    path: '/repositories/{repositoryId}/comparison',
    summary:
      'Compare two images of a repository: platforms, and of one platform layers, config, environment and labels',
    query: comparisonQuery,
    status: 200,
    response: comparison,
    refusals: ['NOT_FOUND'],
  },
} as const satisfies Record<string, Operation>
