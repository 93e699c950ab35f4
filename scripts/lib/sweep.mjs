/**
 * What a test takes of many cases: `usual`, or `full` when SWEEP=full asks for the long run (CONTRIBUTING.md). The usual
 * run must still reach every branch that the test is about.
 *
 * @template T
 * @param {T} usual
 * @param {T} full
 * @returns {T}
 */
export function sweep(usual, full) {
  return process.env.SWEEP === 'full' ? full : usual
}
