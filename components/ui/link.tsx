'use client'

import { useRouter } from 'next/navigation'
import { PrefetchKind } from 'next/dist/client/components/router-reducer/router-reducer-types'
import { useEffect, useRef } from 'react'
import type { ComponentProps, MouseEvent } from 'react'

/** How long a pointer or the focus rests on a link before its page is fetched, in milliseconds: not of all it passes. */
const restMs = 60

interface LinkProps extends ComponentProps<'a'> {
  href: string
}

/**
 * A link to a page of the console, in place of `next/link`: that one fetches the pages of all links in sight, dozens for a
 * list, and is five kilobytes of script. This one fetches a page when a person is about to open it, so that nothing is
 * asked of the server any more when they do.
 */
export function Link({ href, onClick, onPointerEnter, onPointerLeave, onFocus, onBlur, ...props }: LinkProps) {
  const router = useRouter()
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  useEffect(() => () => clearTimeout(timer.current), [])

  function fetchSoon() {
    clearTimeout(timer.current)
    // Whole, with what only the server knows.
    if (href !== '') timer.current = setTimeout(() => router.prefetch(href, { kind: PrefetchKind.FULL }), restMs)
  }

  function open(event: MouseEvent<HTMLAnchorElement>) {
    if (event.defaultPrevented || !isPlain(event)) return
    event.preventDefault()
    router.push(href)
  }

  return (
    <a
      {...props}
      href={href}
      onClick={(event) => {
        onClick?.(event)
        open(event)
      }}
      onPointerEnter={(event) => {
        onPointerEnter?.(event)
        // A finger that touches opens the page at once.
        if (event.pointerType !== 'touch') fetchSoon()
      }}
      onPointerLeave={(event) => {
        onPointerLeave?.(event)
        clearTimeout(timer.current)
      }}
      onFocus={(event) => {
        onFocus?.(event)
        fetchSoon()
      }}
      onBlur={(event) => {
        onBlur?.(event)
        clearTimeout(timer.current)
      }}
    />
  )
}

/** Whether a press opens the page in place of this one: not in a new tab or window, and not as a download. */
function isPlain({
  button,
  metaKey,
  ctrlKey,
  shiftKey,
  altKey,
  currentTarget,
}: MouseEvent<HTMLAnchorElement>): boolean {
  const { target, origin } = currentTarget
  return (
    button === 0 &&
    !(metaKey || ctrlKey || shiftKey || altKey) &&
    (target === '' || target === '_self') &&
    !currentTarget.hasAttribute('download') &&
    origin === location.origin
  )
}
