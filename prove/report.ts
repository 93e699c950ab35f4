import type { Proof } from './prove'

/** How many violations are shown, and how many characters of each. */
const shownMax = 10
const shownLength = 400

/** What came of a run, for people. */
export function report(proof: Proof, seed: number): string {
  const { injected, lost, violations } = proof
  const kinds = [...proof.counts].flatMap(([kind, answers]) => [
    `  ${kind.padEnd(14)}${sum(answers.values()).toLocaleString('en').padStart(9)}   ${[...answers]
      .sort(([, one], [, other]) => other - one)
      .map(([answer, count]) => `${answer} ${count.toLocaleString('en')}`)
      .join(', ')}`,
  ])
  const pauses = injected.pausesMs.map((ms) => (ms / 1_000).toFixed(1)).join(', ')
  const lines = [
    '',
    `${proof.database}: ${proof.servers}, seed ${seed}`,
    ...kinds,
    `  operations    ${proof.operations.toLocaleString('en').padStart(9)}   in ${proof.repositories} repositories, ${proof.seconds.toFixed(0)} s, ${Math.round(proof.operations / proof.seconds)} each second`,
    `  not answered  ${proof.unclear.toLocaleString('en').padStart(9)}   changes of which nobody knows whether they happened; ${lost.late} requests late, ${lost.broken} connections broken`,
    `  killed        ${String(injected.kills).padStart(9)}   servers, and ${injected.processKills} single processes`,
    `  paused        ${String(injected.pausesMs.length).padStart(9)}   times: ${pauses} s`,
    `  log           ${proof.leaves.toLocaleString('en').padStart(9)}   leaves, verified against ${proof.checkpoints} older checkpoints`,
    `  violations    ${String(violations.length).padStart(9)}`,
    ...violations
      .slice(0, shownMax)
      .map(({ kind, where, what }) => `    ${kind}: ${where}: ${what.slice(0, shownLength)}`),
    ...(violations.length > shownMax ? [`    and ${violations.length - shownMax} more`] : []),
    ...(proof.kept === null ? [] : [`  The histories of these repositories are in ${proof.kept}`]),
    '',
  ]
  return lines.join('\n')
}

function sum(numbers: Iterable<number>): number {
  let total = 0
  for (const number of numbers) total += number
  return total
}
