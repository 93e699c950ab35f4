'use client'

import { useSyncExternalStore } from 'react'

interface ExportLinkProps {
  href: string
  children: string
}

/**
 * A list as a file. The link leads somewhere only once the page is the browser's: days begin and end by the time zone
 * of the reader, which the server that renders the page does not know.
 */
export function ExportLink({ href, children }: ExportLinkProps) {
  const isInBrowser = useSyncExternalStore(
    () => () => undefined,
    () => true,
    () => false,
  )
  return (
    <a className="button" download {...(isInBrowser && { href })}>
      {children}
    </a>
  )
}
