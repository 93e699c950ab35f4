/** How many leaves the large log of a test has: LOG_LEAVES, else `standard`. */
export function logLeaves(standard: number): number {
  // eslint-disable-next-line no-restricted-properties -- LOG_LEAVES is a setting of the test run, not of the server.
  return Number(process.env['LOG_LEAVES'] ?? standard)
}
