'use client'

import { useLayoutEffect, useRef, useState } from 'react'

/** Below this room, in sizes of the root's text, rows are cards, and no column gives way. As in styles/table-parts.css. */
const cardsBelowRem = 40

/** Gives each clipped text of a table that has no title one: the whole of it. */
function titleClipped(box: HTMLElement) {
  for (const element of box.querySelectorAll<HTMLElement>('tbody *')) {
    const isOurs = element.dataset['clipped'] !== undefined
    // What is in line has no width of its own.
    const isClipped =
      element.clientWidth > 0 &&
      element.scrollWidth > element.clientWidth + 1 &&
      getComputedStyle(element).overflowX !== 'visible' &&
      (isOurs || element.closest('[title]') === null)
    if (isClipped) {
      element.title = element.textContent
      element.dataset['clipped'] = ''
    } else if (isOurs) {
      element.removeAttribute('title')
      delete element.dataset['clipped']
    }
  }
}

/**
 * How many of a table's columns have to give way, so that the table fits into `box`: the fewest of `count`. It is
 * measured again when the room changes and when `content`, what the table shows, does. A column that gave way comes back
 * with more room only: no column moves under the hand of a person who filters or turns pages. `overflows`: the table does
 * not fit though all of them gave way, and scrolls.
 */
export function useGivingWay(count: number, content: unknown) {
  const box = useRef<HTMLDivElement>(null)
  const [room, setRoom] = useState(0)
  const [measured, setMeasured] = useState({ room, given: 0, overflows: false })
  const isCurrent = measured.room === room
  const given = isCurrent ? Math.min(measured.given, count) : 0

  useLayoutEffect(() => {
    const element = box.current
    if (element === null) return
    const observer = new ResizeObserver(() => setRoom(element.clientWidth))
    observer.observe(element)
    return () => observer.disconnect()
  }, [])

  // Before the browser paints: nobody sees a table that does not fit.
  useLayoutEffect(() => {
    const element = box.current
    if (element === null) return
    const cardsBelow = cardsBelowRem * parseFloat(getComputedStyle(document.documentElement).fontSize)
    const overflows = element.clientWidth >= cardsBelow && element.scrollWidth > element.clientWidth + 1
    if (overflows && given < count) setMeasured({ room, given: given + 1, overflows: false })
    else titleClipped(element)
    if (overflows && given < count) return
    if (!isCurrent || measured.overflows !== overflows) setMeasured({ room, given, overflows })
  }, [content, room, given, count, isCurrent, measured.overflows])

  return { box, given, overflows: isCurrent && measured.overflows }
}
