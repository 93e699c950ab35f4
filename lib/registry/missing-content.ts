/** Digests that a stored manifest refers to and its repository does not have. */
export interface MissingContent {
  /** Config and layers, if the namespace accepts sparse manifests. */
  readonly blobs: readonly string[]
  /** Nondistributable layers, whose descriptors say where else to fetch them. */
  readonly foreignBlobs: readonly string[]
  /** Manifests of an index. */
  readonly children: readonly string[]
}

/** How many digests a warning names. */
const namedDigestsMax = 3

/** Returns a warning for each kind of content that a successful push lacks; an empty array if nothing is missing. */
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
