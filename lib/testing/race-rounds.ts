/** How often a race is run: 40 times, or as CONTRIBUTING.md says. */
export const raceRounds = Number(process.env['RACE_ROUNDS'] ?? 40)
