import { Copyable } from '../ui/copy-button'

const shownLength = 12

/** The first digits of a digest, and a button that copies all of it; `label` names the button. */
export function Digest({ digest, label }: { digest: string; label: string }) {
  return (
    <span className="digest">
      <Copyable text={digest} label={label}>
        {digest.slice(digest.indexOf(':') + 1).slice(0, shownLength)}
      </Copyable>
    </span>
  )
}
