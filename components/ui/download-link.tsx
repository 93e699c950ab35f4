import { Icon } from './icon'

interface DownloadLinkProps {
  href: string
  /** What is downloaded: it is its name, and shown while pointed at. */
  label: string
}

/** An icon that downloads a file. */
export function DownloadLink({ href, label }: DownloadLinkProps) {
  return (
    <a className="icon-button" href={href} download title={label} aria-label={label}>
      <Icon name="pull" />
    </a>
  )
}
