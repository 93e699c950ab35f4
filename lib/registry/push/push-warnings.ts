/** What a stored manifest names that its repository does not have, by digest. */
export interface MissingContent {
  /** Config and layers, where the namespace accepts a manifest without them. */
  readonly blobs: readonly string[]
  /** Nondistributable layers, which say themselves where else they are. */
  readonly foreignBlobs: readonly string[]
  /** Manifests of an index. */
  readonly children: readonly string[]
}

/** How many digests a sentence names. */
const namedDigestsMax = 3

/** What the user should know of a push that was done with something missing: a sentence each, none where all is there. */
export function warningsOfPush({ blobs, foreignBlobs, children }: MissingContent): string[] {
  return [
    ...sentence(blobs, 'blobs not in the repository, pulling them from here fails:'),
    ...sentence(children, 'manifests not in the repository, pulling them from here fails:'),
    ...sentence(foreignBlobs, 'layers not in the repository, clients fetch them from elsewhere:'),
  ]
}

function sentence(digests: readonly string[], text: string): string[] {
  if (digests.length === 0) return []
  const named = digests.slice(0, namedDigestsMax).join(', ')
  const rest = digests.length - namedDigestsMax
  return [`${text} ${named}${rest > 0 ? ` and ${rest} more` : ''}`]
}
