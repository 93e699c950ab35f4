import type { CommitMark, DirectReads, FirstRow, Question } from './database'
import type { SqlRunner } from './sql-runner'

/** Most questions that one statement asks: what it answers is in memory at once. */
const questionsMax = 32

/** Most statements that are sent in one go, besides that for the commit mark. */
const statementsMax = 2

/** For how many turns of the event loop questions are gathered, as long as each turn brings some. */
const turnsMax = 4

/** Where the questions go. Statements run in the order of the calls. */
export interface GatheringSource extends Pick<SqlRunner, '$queryRaw'> {
  commitMark(): Promise<CommitMark>
}

interface Waiting extends Question {
  /** The mark with which the asker remembers a row. */
  readonly mark: CommitMark | undefined
  readonly answer: (found: FirstRow<unknown> | null) => void
  readonly fail: (error: unknown) => void
}

/**
 * Reads first rows, and asks what many requests want at the same time in one go: to send a statement and to read its answer
 * costs more than the row. One go is under way at a time, and what comes meanwhile is asked in the next one. So each row is
 * as the database has it after the question came.
 *
 * A go asks for the commit mark first. Questions whose rows are remembered with that mark need no other answer. They are
 * asked together with the mark when there were commits lately, and otherwise only when it turns out that there was one.
 */
export class GatheredReads implements DirectReads {
  readonly #source: GatheringSource
  #waiting: Waiting[] = []
  #isBusy = false
  #lastMark: CommitMark | undefined
  /** Whether the last go found that nothing had been committed since the one before. */
  #isQuiet = false

  constructor(source: GatheringSource) {
    this.#source = source
  }

  firstSince<T>(mark: CommitMark | undefined, { query, values }: Question): Promise<FirstRow<T> | null> {
    return new Promise((resolve, fail) => {
      this.#waiting.push({ query, values, mark, answer: resolve as Waiting['answer'], fail })
      if (this.#isBusy) return
      this.#isBusy = true
      this.#gather(0, turnsMax)
    })
  }

  /** Waits until a turn of the event loop brings no question more than those that were `seen`. */
  #gather(seen: number, turns: number): void {
    const { length } = this.#waiting
    if (length > seen && turns > 0) setImmediate(() => this.#gather(length, turns - 1))
    else void this.#go(this.#waiting.splice(0))
  }

  async #go(waiting: readonly Waiting[]): Promise<void> {
    const lastMark = this.#lastMark
    const trusting = this.#isQuiet ? waiting.filter(({ mark }) => mark === lastMark) : []
    const doubting = trusting.length === 0 ? waiting : waiting.filter(({ mark }) => mark !== lastMark)
    const marking = this.#source.commitMark()
    const asked = this.#ask(doubting, marking)
    try {
      this.#lastMark = await marking
      this.#isQuiet = this.#lastMark === lastMark
      if (this.#isQuiet) for (const { answer } of trusting) answer(null)
      else await this.#ask(trusting, marking)
    } catch (error) {
      for (const { fail } of trusting) fail(error)
    }
    await asked
    this.#isBusy = this.#waiting.length > 0
    if (this.#isBusy) this.#gather(0, turnsMax)
  }

  /** Answers all of them, or fails them; never rejects. */
  async #ask(questions: readonly Waiting[], marking: Promise<CommitMark>): Promise<void> {
    const statements = [...byQuery(questions)].flatMap(([query, all]) => piecesOf(all).map((some) => ({ query, some })))
    while (statements.length > 0) {
      const together = statements.splice(0, statementsMax)
      await Promise.all(together.map(({ query, some }) => this.#askTogether(query, some, marking)))
    }
  }

  async #askTogether(query: TemplateStringsArray, questions: readonly Waiting[], marking: Promise<CommitMark>) {
    try {
      const columns = query.slice(1).map((_, index) => questions.map(({ values }) => values[index]))
      const reading = this.#source.$queryRaw<{ question: bigint }[]>(gather(query), ...columns)
      const [mark, rows] = await Promise.all([marking, reading])
      const byQuestion = new Map(rows.map(({ question, ...row }) => [Number(question), row]))
      for (const [index, { answer }] of questions.entries()) answer({ row: byQuestion.get(index + 1), mark })
    } catch (error) {
      for (const { fail } of questions) fail(error)
    }
  }
}

function byQuery(questions: readonly Waiting[]): ReadonlyMap<TemplateStringsArray, readonly Waiting[]> {
  const found = new Map<TemplateStringsArray, Waiting[]>()
  for (const one of questions) {
    const others = found.get(one.query)
    if (others === undefined) found.set(one.query, [one])
    else others.push(one)
  }
  return found
}

function piecesOf<T>(all: readonly T[]): T[][] {
  const count = Math.ceil(all.length / questionsMax)
  return Array.from({ length: count }, (_, at) => all.slice(at * questionsMax, (at + 1) * questionsMax))
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
