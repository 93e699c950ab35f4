import { type Digest, digestAlgorithm, digestHex } from './digest'

/** The tag where clients keep an index of a digest's referrers (distribution-spec, "Referrers Tag Schema"). */
export function referrersTag(subject: Digest): string {
  return `${digestAlgorithm(subject)}-${digestHex(subject).slice(0, 64)}`
}
