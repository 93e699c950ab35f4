import { type Explanation, explain } from './checker/explain'
import { textOfPolicy } from './checker/rule'
import type { Life } from './life'
import type { RepositoryLog } from './read-log'

/** Something that must not be. */
export interface Violation {
  /** `rule`: no order of the operations explains the answers. `log`: the answers are right, and the log tells otherwise. */
  readonly kind: 'rule' | 'log' | 'undecided'
  /** `<namespace>/<name>`, or the log. */
  readonly where: string
  readonly what: string
}

/** What is wrong with what clients saw of a repository, and with what the log tells of it; null: nothing. */
export function judge({ path, policy, operations }: Life, log: RepositoryLog | undefined): Violation | null {
  const told = log ?? { policy: 'not told', leaves: [] }
  const isCreationTold = told.policy === textOfPolicy(policy)
  const withLog = explain({ policy, operations, leaves: told.leaves })
  if (withLog.kind === 'explained' && isCreationTold) return null
  const where = path
  const alone = withLog.kind === 'explained' ? withLog : explain({ policy, operations, leaves: null })
  if (alone.kind === 'unexplained') return { kind: 'rule', where, what: alone.because }
  if (alone.kind === 'undecided') return { kind: 'undecided', where, what: `with the log: ${textOf(withLog)}` }
  if (!isCreationTold) return { kind: 'log', where, what: `policy at its creation: ${told.policy}` }
  return { kind: withLog.kind === 'undecided' ? 'undecided' : 'log', where, what: textOf(withLog) }
}

function textOf(explanation: Explanation): string {
  return explanation.kind === 'unexplained'
    ? explanation.because
    : `${explanation.kind} after ${explanation.steps} steps`
}
