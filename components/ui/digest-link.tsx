import { CopyButton } from './copy-button'
import { shortDigest } from './digest'
import { Link } from './link'

interface DigestLinkProps {
  digest: string
  /** The page of it. */
  href: string
  /** The name of the copy button. */
  label: string
}

/** The first digits of a digest, which lead to its page, and a button that copies all of it. */
export function DigestLink({ digest, href, label }: DigestLinkProps) {
  return (
    <span className="digest">
      <Link href={href}>
        <code title={digest}>{shortDigest(digest)}</code>
      </Link>
      <CopyButton text={digest} label={label} />
    </span>
  )
}
