import { type Digest, isDigest } from '../digest'
import type { ContentDescriptor } from './manifest-content'

/** An attestation that BuildKit put into an index, beside the images. */
export interface IndexAttestation {
  /** The image it is about; null where it names no digest. */
  readonly image: Digest | null
}

/** Returns what an attestation in an index is about; null for other children. */
export function attestationOf({ annotations }: ContentDescriptor): IndexAttestation | null {
  if (annotations['vnd.docker.reference.type'] !== 'attestation-manifest') return null
  const digest = annotations['vnd.docker.reference.digest'] ?? ''
  return { image: isDigest(digest) ? digest : null }
}
