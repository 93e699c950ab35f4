'use client'

import { useLocale } from 'next-intl'
import { useEffect, useLayoutEffect, useRef, useState } from 'react'

/** Below this room, in sizes of the root's text, rows are cards, and no column gives way. As in styles/table-parts.css. */
const cardsBelowRem = 40

/** How a table fitted: its room in pixels, its columns, and how many of them gave way. */
interface Fit {
  readonly room: number
  readonly columns: string
  readonly given: number
}

/**
 * How the rows that were shown lately fitted. A list that is shown again, as one goes back to it, has the same rows, and
 * need not find out step by step, which lays the whole table out each time.
 */
const fits = new WeakMap<object, Fit>()

function recall(content: object | null, columns: string): Fit | null {
  const fit = content === null ? undefined : fits.get(content)
  return fit?.columns === columns ? fit : null
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
 * measured again when the room changes, when `keys` does, those of all columns of the table, and when `content` does, the rows
 * that it shows; null while they load. The heads of the columns that can give way have `data-gives`, a number: the smallest
 * gives way first. A column that gave way comes back with another room or other columns only: none moves under the hand of a
 * person who filters or turns pages. `overflows`: the table does not fit though all of them gave way, and scrolls.
 */
export function useGivingWay(count: number, keys: string, content: object | null) {
  // What stands there while rows load says nothing of their widths: with the first rows, all columns are there again.
  const columns = `${useLocale()} ${content === null ? 'loading ' : ''}${keys}`
  const box = useRef<HTMLDivElement>(null)
  const [before] = useState(() => recall(content, columns))
  const [fitted, setFitted] = useState({ columns, given: before?.given ?? 0, overflows: false })
  /** The room that `fitted` is for; null: it has not been measured. */
  const room = useRef(before?.room ?? null)
  /** The rows for which it was measured from the start, with all columns. */
  const measured = useRef<object | null>(null)
  const isCurrent = fitted.columns === columns
  const given = isCurrent ? fitted.given : 0
  const didOverflow = isCurrent && fitted.overflows

  // Here alone a room is another one: in the course of the measuring a scroll bar of the page may come and go.
  useLayoutEffect(() => {
    const element = box.current
    if (element === null) return
    const look = () => {
      if (room.current === null || room.current === element.clientWidth) return
      room.current = null
      setFitted({ columns: '', given: 0, overflows: false })
    }
    look()
    const observer = new ResizeObserver(look)
    observer.observe(element)
    return () => observer.disconnect()
  }, [])

  // Before the browser paints: nobody sees a table that does not fit.
  useLayoutEffect(() => {
    const element = box.current
    if (element === null) return
    if (given === 0) measured.current = content
    const cardsBelow = cardsBelowRem * parseFloat(getComputedStyle(document.documentElement).fontSize)
    const excess = element.scrollWidth - element.clientWidth - 1
    const overflows = element.clientWidth >= cardsBelow && excess > 0
    if (overflows && given < count) {
      setFitted({ columns, given: Math.min(count, given + countThatFree(element, excess)), overflows: false })
      return
    }
    room.current = element.clientWidth
    if (content !== null && measured.current === content) {
      fits.set(content, { room: room.current, columns, given })
    }
    if (!isCurrent || didOverflow !== overflows) setFitted({ columns, given, overflows })
  }, [content, columns, count, given, isCurrent, didOverflow])

  // Its layout is known by now; a title is needed once somebody points at it.
  useEffect(() => {
    if (box.current !== null) titleClipped(box.current)
  }, [content, columns, given, isCurrent, didOverflow])

  return { box, given, overflows: didOverflow }
}
