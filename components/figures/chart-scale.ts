/** How many parts the height of a chart has: a line between each two. */
const parts = 4

/** Where the lines of a chart are, in its values: from the highest down to zero. */
export type Scale = readonly number[]

/** A scale of whole numbers that holds `max`. */
export function countScale(max: number): Scale {
  return scaleOf(Math.max(1, roundUp(max / parts, [1, 2, 5, 10])))
}

/** A scale that holds so many bytes, with lines that are round in their unit. */
export function bytesScale(max: number): Scale {
  const unit = 1024 ** Math.min(4, Math.floor(Math.log2(Math.max(1, max)) / 10))
  return scaleOf(Math.max(1, Math.ceil(roundUp(max / unit / parts, [1, 2, 2.5, 5, 10]) * unit)))
}

function scaleOf(step: number): Scale {
  return Array.from({ length: parts + 1 }, (_, index) => (parts - index) * step)
}

/** The smallest of these numbers, times a power of ten, that is not below `value`. */
function roundUp(value: number, numbers: readonly number[]): number {
  if (value <= 0) return 0
  const power = 10 ** Math.floor(Math.log10(value))
  return (numbers.find((number) => number * power >= value * (1 - 1e-9)) ?? 10) * power
}

/** The width and height that charts are drawn in; they are stretched to their room. */
export const drawing = { width: 600, height: 168 } as const

/** Where a value is, from the top. */
export function yOf(value: number, scale: Scale): number {
  return round(drawing.height * (1 - value / (scale[0] ?? 1)))
}

/** Where the middle of a day is, of `count` days. */
export function xOf(index: number, count: number): number {
  return round(((index + 0.5) / count) * drawing.width)
}

/** The index of the day at this part of the width, from 0 to 1. */
export function indexAt(part: number, count: number): number {
  return Math.max(0, Math.min(count - 1, Math.floor(part * count)))
}

/** Up to five days to name below a chart, the first and the last among them. */
export function namedDays<T>(days: readonly T[]): T[] {
  const count = Math.min(5, days.length)
  if (count < 2) return [...days]
  return Array.from({ length: count }, (_, n) => days[Math.round((n * (days.length - 1)) / (count - 1))] as T)
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
