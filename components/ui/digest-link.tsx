import Link from 'next/link'
import { CopyButton } from './copy-button'
import { shortDigest } from './digest'

interface DigestLinkProps {
  digest: string
  /** The page of it; null: it has none. */
  href: string | null
  /** The name of the copy button. */
  label: string
}

/** The first digits of a digest, which lead to its page, and a button that copies all of it. */
export function DigestLink({ digest, href, label }: DigestLinkProps) {
  const code = <code title={digest}>{shortDigest(digest)}</code>
  return (
    <span className="digest">
      {href === null ? code : <Link href={href}>{code}</Link>}
      <CopyButton text={digest} label={label} />
    </span>
  )
}
