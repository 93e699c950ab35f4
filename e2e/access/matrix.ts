/** A row of an access matrix: one thing that is asked for, and the answer to each caller. */
export interface Row {
  /** Id of an operation of the REST API, or method and template of a route of the registry. */
  readonly operation: string
  /** What of the operation is asked: of which thing, with which input. */
  readonly about: string
  /** By caller. */
  readonly answers: ReadonlyMap<string, string>
}

/** Whoever proves nothing: without credentials, with wrong ones, or with some that do not count here and now. */
export const nobody = 'nobody'

/**
 * Callers in the order of a row's answers, as the bars group them: who proves nothing; a member without any grant; members
 * who may PULL, PUSH, MANAGE, each granted on the instance `main`, on its namespace `team`, on the repository
 * `team/closed`; a member who manages the other instance, `beside`; an administrator.
 */
const groups = [
  [nobody],
  ['none'],
  ['pull-instance', 'pull-namespace', 'pull-repository'],
  ['push-instance', 'push-namespace', 'push-repository'],
  ['manage-instance', 'manage-namespace', 'manage-repository'],
  ['beside'],
  ['admin'],
] as const

/** Every caller of a matrix. */
export const callers: readonly string[] = groups.flat()

/**
 * Reads rows as they are written: operation, what of it, and an answer for every caller. Throws for a row that leaves a
 * caller out.
 */
export function parseRows(text: string): Row[] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.trimStart().startsWith('#'))
    .map((line) => {
      const [operation = '', about = '', ...cells] = line.split('|').map((cell) => cell.trim())
      const answers = cells.map((cell) => cell.split(/\s+/))
      if (answers.length !== groups.length || answers.some((cell, index) => cell.length !== groups[index]?.length)) {
        throw new Error(`A row of the access matrix leaves a caller out, or has one too many: ${line}`)
      }
      const given = answers.flat()
      return { operation, about, answers: new Map(callers.map((caller, index) => [caller, given[index] ?? ''])) }
    })
}
