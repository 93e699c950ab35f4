import type { SqlRunner } from './sql-runner'

/** Most questions that one statement asks: what it answers is in memory at once. */
const questionsMax = 32

/** Most statements under way. What comes meanwhile is asked together. */
const statementsMax = 2

interface Question {
  readonly values: readonly string[]
  readonly answer: (row: unknown) => void
  readonly fail: (error: unknown) => void
}

/**
 * Reads first rows, and asks what many requests want at the same time in one statement: to send one and to read its answer
 * costs more than the row. Each row is as the database has it after the question came.
 */
export class GatheredReads {
  readonly #read: Pick<SqlRunner, '$queryRaw'>
  readonly #waiting = new Map<TemplateStringsArray, Question[]>()
  #underWay = 0
  #isScheduled = false

  constructor(read: Pick<SqlRunner, '$queryRaw'>) {
    this.#read = read
  }

  /** Resolves to the first row of a SELECT, or undefined. Rejects as `$queryRaw` does. */
  first<T>(query: TemplateStringsArray, ...values: readonly string[]): Promise<T | undefined> {
    return new Promise((resolve, reject) => {
      const question = { values, answer: (row: unknown) => resolve(row as T | undefined), fail: reject }
      const waiting = this.#waiting.get(query)
      if (waiting === undefined) this.#waiting.set(query, [question])
      else waiting.push(question)
      if (this.#isScheduled) return
      this.#isScheduled = true
      // After all requests that have arrived by now.
      setImmediate(() => {
        this.#isScheduled = false
        this.#ask()
      })
    })
  }

  #ask(): void {
    for (const [query, waiting] of this.#waiting) {
      while (waiting.length > 0 && this.#underWay < statementsMax) {
        this.#underWay++
        void this.#askTogether(query, waiting.splice(0, questionsMax)).then(() => {
          this.#underWay--
          this.#ask()
        })
      }
      if (waiting.length === 0) this.#waiting.delete(query)
    }
  }

  async #askTogether(query: TemplateStringsArray, questions: readonly Question[]): Promise<void> {
    try {
      const columns = query.slice(1).map((_, index) => questions.map(({ values }) => values[index]))
      const rows = await this.#read.$queryRaw<{ question: bigint }[]>(gather(query), ...columns)
      const byQuestion = new Map(rows.map(({ question, ...row }) => [Number(question), row]))
      for (const [index, { answer }] of questions.entries()) answer(byQuestion.get(index + 1))
    } catch (error) {
      for (const { fail } of questions) fail(error)
    }
  }
}

const gathered = new WeakMap<TemplateStringsArray, TemplateStringsArray>()

/**
 * Returns the statement that asks a statement for many values: it takes a list of texts for each value, and each of its rows
 * has the number of its `question`, from 1.
 */
export function gather(query: TemplateStringsArray): TemplateStringsArray {
  let statement = gathered.get(query)
  if (statement === undefined) {
    statement = asTemplate(gatherOnce(query))
    gathered.set(query, statement)
  }
  return statement
}

function gatherOnce([start = '', ...rest]: readonly string[]): string[] {
  const names = rest.map((_, index) => `"value${index}"`)
  const one = start + rest.map((part, index) => `q.${names[index]}${part}`).join('')
  // The lists are results of a subquery, so that PostgreSQL does not make another plan for each length of them.
  const lists = rest.map((_, index) =>
    index === 0 ? 'SELECT q."question", p.* FROM unnest((SELECT ' : '::text[]), (SELECT ',
  )
  // LIMIT keeps the plan that the statement has for one question.
  const end = `::text[])) WITH ORDINALITY AS q(${names.join(', ')}, "question") CROSS JOIN LATERAL (${one} LIMIT 1) AS p`
  return [...lists, end]
}

function asTemplate(parts: readonly string[]): TemplateStringsArray {
  return Object.assign([...parts], { raw: parts })
}
