'use client'

import { useEffect, useLayoutEffect, useRef, useState } from 'react'

/** Below this room, in sizes of the root's text, rows are cards, and no column gives way. As in styles/table-parts.css. */
const cardsBelowRem = 40

/** How a table fitted: its room in pixels, of how many columns that can give way so many did, in which language. */
interface Fit {
  readonly room: number
  readonly count: number
  readonly given: number
  readonly language: string
}

/**
 * How the rows that were shown lately fitted. A list that is shown again, as one goes back to it, has the same rows, and
 * need not find out column by column, which lays the whole table out each time.
 */
const fits = new WeakMap<object, Fit>()

function recall(content: object | null, count: number): Fit | null {
  const fit = content === null ? undefined : fits.get(content)
  return fit?.count === count && fit.language === document.documentElement.lang ? fit : null
}

/**
 * How many of the next columns that can give way have to, at least, to free so many pixels: what was in them makes the name's
 * column no narrower.
 */
function countThatFree(box: HTMLElement, pixels: number): number {
  const heads = [...box.querySelectorAll<HTMLElement>('th[data-gives]')].sort(
    (one, other) => Number(one.dataset['gives']) - Number(other.dataset['gives']),
  )
  let [count, freed] = [0, 0]
  for (const head of heads) {
    if (freed >= pixels) break
    freed += head.offsetWidth
    count += 1
  }
  return Math.max(1, count)
}

/** Gives each clipped text of a table that has no title one: the whole of it. */
function titleClipped(box: HTMLElement) {
  // All is read before anything is written: between the two, the browser would lay the page out again.
  const found = [...box.querySelectorAll<HTMLElement>('tbody *')].map((element) => {
    const isOurs = element.dataset['clipped'] !== undefined
    const hasTitle = element.closest('[title]:not([data-clipped])') !== null
    return { element, isOurs, hasToTell: isClipped(element) && !hasTitle }
  })
  for (const { element, isOurs, hasToTell } of found) {
    if (hasToTell) {
      element.title = element.textContent
      element.dataset['clipped'] = ''
    } else if (isOurs) {
      element.removeAttribute('title')
      delete element.dataset['clipped']
    }
  }
}

function isClipped(element: HTMLElement): boolean {
  // What is in line has no width of its own.
  return (
    element.clientWidth > 0 &&
    element.scrollWidth > element.clientWidth + 1 &&
    getComputedStyle(element).overflowX !== 'visible'
  )
}

/**
 * How many of a table's columns have to give way, so that the table fits into `box`: the fewest of `count`. It is
 * measured again when the room changes and when `content`, the rows that the table shows, does. The heads of these columns
 * have `data-gives`, a number: the smallest gives way first. A column that gave way comes
 * back with another room only: no column moves under the hand of a person who filters or turns pages. `overflows`: the table
 * does not fit though all of them gave way, and scrolls.
 */
export function useGivingWay(count: number, content: object | null) {
  const box = useRef<HTMLDivElement>(null)
  const [before] = useState(() => recall(content, count))
  const [fitted, setFitted] = useState({ given: before?.given ?? 0, overflows: false })
  const [resizes, setResizes] = useState(0)
  /** The room that `fitted` is for; null: it has not been measured. */
  const room = useRef(before?.room ?? null)
  const given = Math.min(fitted.given, count)

  useLayoutEffect(() => {
    const element = box.current
    if (element === null) return
    const observer = new ResizeObserver(() => {
      if (element.clientWidth !== room.current) setResizes((times) => times + 1)
    })
    observer.observe(element)
    return () => observer.disconnect()
  }, [])

  // Before the browser paints: nobody sees a table that does not fit.
  useLayoutEffect(() => {
    const element = box.current
    if (element === null) return
    const isOther = room.current !== null && room.current !== element.clientWidth
    room.current = element.clientWidth
    if (isOther && given > 0) {
      setFitted({ given: 0, overflows: false })
      return
    }
    const cardsBelow = cardsBelowRem * parseFloat(getComputedStyle(document.documentElement).fontSize)
    const excess = element.scrollWidth - element.clientWidth
    const overflows = element.clientWidth >= cardsBelow && excess > 1
    if (overflows && given < count) setFitted({ given: given + countThatFree(element, excess), overflows: false })
    else {
      const language = document.documentElement.lang
      if (content !== null) fits.set(content, { room: element.clientWidth, count, given, language })
      if (fitted.overflows !== overflows) setFitted({ given, overflows })
    }
  }, [content, resizes, given, count, fitted.overflows])

  // After the paint: the browser has laid the table out by then.
  useEffect(() => {
    if (box.current !== null) titleClipped(box.current)
  }, [content, resizes, given, fitted.overflows])

  return { box, given, overflows: fitted.overflows }
}
