/** A row of an access matrix: one request, and the answer to each caller. */
export interface Row {
  /** Id of an operation of the REST API, or method and template of a route of the registry. */
  readonly operation: string
  /** The target and the input of the request. */
  readonly about: string
  /** By caller. */
  readonly answers: ReadonlyMap<string, string>
}

/** A caller without valid credentials: with none, or with wrong, expired or inapplicable ones. */
export const nobody = 'nobody'

/**
 * Callers in the order of a row's answers, grouped as by the bars: a caller without credentials; a member without any
 * grant; members with PULL, PUSH, MANAGE, each granted on the instance `main`, on its namespace `team`, on the
 * repository `team/closed`; a member who manages the other instance, `beside`; an administrator.
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
 * Parses rows: operation, what of it, and an answer for every caller. Throws for a row without an answer for every
 * caller.
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
