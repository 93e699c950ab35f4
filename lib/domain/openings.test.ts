import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SeenTimes, clockToleranceMs, endOfOpening } from './openings'

const start = Date.parse('2026-11-28T12:00:00Z')
const at = (ms: number) => new Date(start + ms)
const minute = 60_000

test.each([
  ['at once', 0, 0, null],
  ['in its last millisecond', 15 * minute - 1, 0, null],
  ['when its time is over', 15 * minute, 0, { at: at(15 * minute), how: 'TIME' }],
  ['after a clock that jumped forward', 600 * minute, 0, { at: at(15 * minute), how: 'TIME' }],
  ['after another server has seen its end', 0, 15 * minute, { at: at(15 * minute), how: 'TIME' }],
  ['by a clock that is behind another one', 0, clockToleranceMs, null],
  ['by a clock that went back', 0, clockToleranceMs + 1, { at: at(clockToleranceMs + 1), how: 'CLOCK' }],
  ['by a clock that went back before it was opened', -clockToleranceMs - 1, 0, { at: at(0), how: 'CLOCK' }],
] as const)('the end of an opening of 15 minutes %s', (_, now, seenAt, end) => {
  expect(endOfOpening({ closesAt: at(15 * minute), seenAt: at(seenAt) }, at(now))).toEqual(end)
})

test('after a clock went forward and was set right, a new opening lasts as long as it should', () => {
  let monotonic = 0
  const seen = new SeenTimes(() => monotonic)
  const former = { id: 'opn-1', seenAt: at(0) }
  seen.next([former], at(60 * minute))
  monotonic = 5000
  const latest = seen.next([former, { id: 'opn-2', seenAt: at(5000) }], at(5000))
  expect(latest.get('opn-1')).toEqual(at(60 * minute + 5000))
  expect(latest.get('opn-2')).toEqual(at(5000))
})

/** What happens next: time passes, the clock of the machine jumps, the server is killed, or a push comes. */
const anyStep = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 60_000 }) }) },
  fc.record({ kind: fc.constant('jump' as const), ms: fc.integer({ min: -20_000, max: 20_000 }) }),
  fc.record({ kind: fc.constant('jump' as const), ms: fc.integer({ min: -3_600_000, max: 3_600_000 }) }),
  fc.record({ kind: fc.constant('kill' as const), ms: fc.integer({ min: 0, max: 600_000 }) }),
)

const tickMs = 5000

test('whatever clocks and crashes do, no server serves an opening longer than its length, and a closed one stays closed', () => {
  let [openAtEnd, byTime, byClock] = [0, 0, 0]
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 15 }), fc.array(anyStep, { maxLength: 60 }), (minutes, steps) => {
      // `real` is the time that passes, `wall` what the machine shows, `served` for how long a server was there.
      let [real, offset, served, kills] = [0, 0, 0, 0]
      const row = { id: 'opn-1', closesAt: at(minutes * minute), seenAt: at(0), closedHow: null as string | null }
      let seen = new SeenTimes(() => real)
      const wall = () => at(real + offset)
      const isOpen = () => row.closedHow === null && endOfOpening(row, wall()) === null
      let hasEnded = false
      const push = () => {
        if (row.closedHow !== null) hasEnded = true
        if (!isOpen()) return
        expect(hasEnded).toBe(false)
        // One tick before the process knows the opening, one since the last note, and one that each crash forgets.
        expect(served).toBeLessThanOrEqual(minutes * minute + (kills + 2) * tickMs)
      }
      const tick = () => {
        if (row.closedHow !== null) return
        const seenAt = seen.next([row], wall()).get(row.id) ?? row.seenAt
        const end = endOfOpening({ closesAt: row.closesAt, seenAt }, wall())
        if (end === null) row.seenAt = seenAt
        else row.closedHow = end.how
      }
      for (const { kind, ms } of steps) {
        if (kind === 'jump') offset += ms
        else if (kind === 'kill') {
          real += ms
          kills += 1
          seen = new SeenTimes(() => real)
          tick()
        } else {
          for (let left = ms; left > 0; left -= tickMs) {
            real += Math.min(left, tickMs)
            served += Math.min(left, tickMs)
            push()
            tick()
          }
        }
        push()
      }
      if (row.closedHow === 'TIME') byTime += 1
      else if (row.closedHow === 'CLOCK') byClock += 1
      else openAtEnd += 1
    }),
    { numRuns: 2000 },
  )
  for (const count of [openAtEnd, byTime, byClock]) expect(count).toBeGreaterThan(100)
})
