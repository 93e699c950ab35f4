import { Copyable } from './copy-button'

const shownLength = 12

/** The first digits of a digest, which tell it apart for a reader. */
export function shortDigest(digest: string): string {
  return digest.slice(digest.indexOf(':') + 1).slice(0, shownLength)
}

/** The first digits of a digest, and a button that copies all of it; `label` names the button. */
export function Digest({ digest, label }: { digest: string; label: string }) {
  return (
    <span className="digest">
      <Copyable text={digest} label={label}>
        {shortDigest(digest)}
      </Copyable>
    </span>
  )
}
