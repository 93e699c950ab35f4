'use client'

import { usePathname } from 'next/navigation'
import { useEffect, useRef } from 'react'

/**
 * Moves the focus to the heading of a page that a navigation leads to, so that a screen reader says where one is and the
 * next Tab goes into the page. Not when the console is opened, and not where the page has put the focus somewhere itself.
 */
export function useHeadingFocus(): void {
  const pathname = usePathname()
  const shown = useRef(pathname)
  useEffect(() => {
    if (shown.current === pathname) return
    shown.current = pathname
    const heading = document.querySelector<HTMLElement>('main h1')
    if (heading === null || isTyping(document.activeElement)) return
    // A heading cannot have the focus otherwise.
    heading.tabIndex = -1
    // The router has scrolled to where the page is to be seen.
    heading.focus({ preventScroll: true })
  }, [pathname])
}

/** Whether the focus is where a person types: in a field of the page, or in a dialog. */
function isTyping(element: Element | null): boolean {
  return element !== null && element.matches('main :is(input, textarea, select), dialog[open] *')
}
