import { Icon } from './icon'

interface DownloadLinkProps {
  href: string
  /** What is downloaded: it is its name, and shown while pointed at. */
  label: string
  /** The name of the file; by default, what the answer says. */
  name?: string
}

/** An icon that downloads a file. */
export function DownloadLink({ href, label, name }: DownloadLinkProps) {
  return (
    <a className="icon-button" href={href} download={name ?? true} title={label} aria-label={label}>
      <Icon name="download" />
    </a>
  )
}
