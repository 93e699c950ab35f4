/** A rectangle, in the units of the one that was divided. */
export interface Rectangle {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/**
 * Divides a rectangle into one for each weight, whose areas are as the weights, nearly square ones as far as possible
 * (Bruls, Huizing, van Wijk: Squarified Treemaps, 2000). Weights are positive, the largest first.
 */
export function squarify(weights: readonly number[], whole: Rectangle): Rectangle[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  const scale = (whole.width * whole.height) / total
  const areas = weights.map((weight) => weight * scale)
  const placed: Rectangle[] = []
  let rest = whole
  let row: number[] = []
  for (const area of areas) {
    const side = Math.min(rest.width, rest.height)
    if (row.length > 0 && worst([...row, area], side) > worst(row, side)) {
      rest = place(row, rest, placed)
      row = []
    }
    row.push(area)
  }
  place(row, rest, placed)
  return placed
}

/** The worst ratio of sides of a row of areas along a side. */
function worst(row: readonly number[], side: number): number {
  const sum = row.reduce((total, area) => total + area, 0)
  const breadth = sum / side
  return Math.max(...row.map((area) => Math.max(breadth / (area / breadth), area / breadth / breadth)))
}

/** Places a row along the shorter side of what is left; returns what is left then. */
function place(row: readonly number[], rest: Rectangle, placed: Rectangle[]): Rectangle {
  const sum = row.reduce((total, area) => total + area, 0)
  const isWide = rest.width >= rest.height
  const breadth = sum / Math.min(rest.width, rest.height)
  let at = 0
  for (const area of row) {
    const length = area / breadth
    placed.push(
      isWide
        ? { x: rest.x, y: rest.y + at, width: breadth, height: length }
        : { x: rest.x + at, y: rest.y, width: length, height: breadth },
    )
    at += length
  }
  return isWide
    ? { ...rest, x: rest.x + breadth, width: Math.max(0, rest.width - breadth) }
    : { ...rest, y: rest.y + breadth, height: Math.max(0, rest.height - breadth) }
}
