import fc from 'fast-check'
import { expect, test } from 'vitest'
import { squarify } from './squarify'

const weights = fc
  .array(fc.integer({ min: 1, max: 2 ** 24 }), { minLength: 1, maxLength: 60 })
  .map((list) => list.sort((one, other) => other - one))
const whole = fc.record({
  x: fc.constant(0),
  y: fc.constant(0),
  width: fc.integer({ min: 10, max: 2000 }),
  height: fc.integer({ min: 10, max: 2000 }),
})

test('areas are as the weights, inside the whole, and none covers another', () => {
  fc.assert(
    fc.property(weights, whole, (list, box) => {
      const total = list.reduce((sum, weight) => sum + weight, 0)
      const parts = squarify(list, box)
      expect(parts).toHaveLength(list.length)
      for (const [at, part] of parts.entries()) {
        const area = ((list[at] ?? 0) / total) * box.width * box.height
        expect(part.width * part.height).toBeCloseTo(area, 3)
        expect(part.x).toBeGreaterThanOrEqual(-1e-2)
        expect(part.y).toBeGreaterThanOrEqual(-1e-2)
        expect(part.x + part.width).toBeLessThanOrEqual(box.width + 1e-2)
        expect(part.y + part.height).toBeLessThanOrEqual(box.height + 1e-2)
        for (const other of parts.slice(at + 1)) {
          const across = Math.min(part.x + part.width, other.x + other.width) - Math.max(part.x, other.x)
          const along = Math.min(part.y + part.height, other.y + other.height) - Math.max(part.y, other.y)
          expect(Math.min(across, along)).toBeLessThanOrEqual(1e-2)
        }
      }
    }),
    { numRuns: 200 },
  )
})

test('equal weights in a square are squares', () => {
  expect(squarify([1, 1, 1, 1], { x: 0, y: 0, width: 2, height: 2 })).toEqual([
    { x: 0, y: 0, width: 1, height: 1 },
    { x: 0, y: 1, width: 1, height: 1 },
    { x: 1, y: 0, width: 1, height: 1 },
    { x: 1, y: 1, width: 1, height: 1 },
  ])
})
