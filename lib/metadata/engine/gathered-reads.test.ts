import { expect, test } from 'vitest'
import { AppError } from '@/lib/domain/errors'
import { question } from './database'
import { GatheredReads, type GatheringSource } from './gathered-reads'

/** Answers a statement with the values of its questions, but for those that are `none`; it waits until `release`. */
class Statements implements GatheringSource {
  readonly asked: (readonly string[])[] = []
  marks = 0
  mark = 'first'
  #waiting: (() => void)[] = []
  failure: AppError | null = null

  async commitMark() {
    this.marks++
    await this.#wait()
    return this.mark
  }

  async $queryRaw<T>(_: unknown, ...columns: readonly unknown[]): Promise<T> {
    const values = columns[0] as readonly string[]
    this.asked.push(values)
    await this.#wait()
    // In another order than they were asked.
    const rows = values.map((value, index) => ({ question: BigInt(index + 1), value })).reverse()
    return rows.filter(({ value }) => value !== 'none') as T
  }

  async #wait() {
    await new Promise<void>((resolve) => this.#waiting.push(resolve))
    if (this.failure !== null) throw this.failure
  }

  release(): void {
    for (const go of this.#waiting.splice(0)) go()
  }
}

const turns = async () => {
  for (let turn = 0; turn < 8; turn++) await new Promise((resolve) => setImmediate(resolve))
}

function ask(reads: GatheredReads, value: string, mark?: string) {
  return reads.firstSince<{ value: string }>(mark, question`SELECT "value" FROM "Things" WHERE "value" = ${value}`)
}

/** Answers what is under way, and what is asked because of that. */
async function answerAll(statements: Statements) {
  for (let times = 0; times < 3; times++) {
    await turns()
    statements.release()
  }
  await turns()
}

const first = (value: string) => ({ row: { value }, mark: 'first' })

test('what is asked at once is asked in one statement, and each gets its own row', async () => {
  const statements = new Statements()
  const reads = new GatheredReads(statements)
  const answers = Promise.all(['a', 'none', 'b', 'a'].map((value) => ask(reads, value)))
  await answerAll(statements)
  expect(await answers).toEqual([first('a'), { row: undefined, mark: 'first' }, first('b'), first('a')])
  expect(statements).toMatchObject({ asked: [['a', 'none', 'b', 'a']], marks: 1 })
})

test('what comes in the next turns of the event loop is asked together, but a question does not wait for ever', async () => {
  const statements = new Statements()
  const reads = new GatheredReads(statements)
  const answers: Promise<unknown>[] = []
  while (statements.asked.length === 0) {
    answers.push(ask(reads, String(answers.length)), ask(reads, 'another'))
    await new Promise((resolve) => setImmediate(resolve))
  }
  expect(statements.asked[0]?.length).toBeGreaterThan(2)
  expect(statements.asked[0]?.length).toBeLessThan(20)
  await answerAll(statements)
  await Promise.all(answers)
})

test('a few statements are under way at most, each with a bounded number of questions', async () => {
  const statements = new Statements()
  const reads = new GatheredReads(statements)
  const answers = Promise.all(Array.from({ length: 200 }, (_, n) => ask(reads, String(n))))
  await turns()
  expect(statements.asked.map(({ length }) => length)).toEqual([32, 32])
  const late = ask(reads, 'late')
  while (statements.asked.flat().length < 201) {
    statements.release()
    await turns()
  }
  statements.release()
  expect((await answers).map((found) => found?.row?.value)).toEqual(Array.from({ length: 200 }, (_, n) => String(n)))
  expect(await late).toEqual(first('late'))
})

test('a question that comes while a statement runs is not answered by it', async () => {
  const statements = new Statements()
  const reads = new GatheredReads(statements)
  const answers = [ask(reads, 'a')]
  await turns()
  answers.push(ask(reads, 'a'))
  await turns()
  expect(statements).toMatchObject({ asked: [['a']], marks: 1 })
  statements.release()
  await answerAll(statements)
  expect(statements).toMatchObject({ asked: [['a'], ['a']], marks: 2 })
  expect(await Promise.all(answers)).toHaveLength(2)
})

/** Reads of which two goes have found that nothing was committed. */
async function quiet() {
  const statements = new Statements()
  const reads = new GatheredReads(statements)
  for (let go = 0; go < 2; go++) {
    const answer = ask(reads, 'a')
    await answerAll(statements)
    await answer
  }
  statements.asked.length = 0
  statements.marks = 0
  return { statements, reads }
}

test('when nothing was committed, what is remembered is not asked again', async () => {
  const { statements, reads } = await quiet()
  const answers = Promise.all([
    ask(reads, 'a', 'first'),
    ask(reads, 'b', 'first'),
    ask(reads, 'c'),
    ask(reads, 'd', 'old'),
  ])
  await answerAll(statements)
  expect(await answers).toEqual([null, null, first('c'), first('d')])
  expect(statements).toMatchObject({ asked: [['c', 'd']], marks: 1 })
})

test('when something was committed, what is remembered is asked again, with the new mark', async () => {
  const { statements, reads } = await quiet()
  statements.mark = 'second'
  const answers = Promise.all([ask(reads, 'a', 'first'), ask(reads, 'b')])
  await answerAll(statements)
  expect(await answers).toEqual(['a', 'b'].map((value) => ({ row: { value }, mark: 'second' })))
  expect(statements).toMatchObject({ asked: [['b'], ['a']], marks: 1 })
})

test('while there are commits, the rows are asked together with the mark', async () => {
  const { statements, reads } = await quiet()
  for (const mark of ['second', 'third']) {
    statements.mark = mark
    const answer = ask(reads, 'a', 'first')
    await answerAll(statements)
    expect(await answer).toEqual({ row: { value: 'a' }, mark })
  }
  const answer = ask(reads, 'a', 'third')
  await turns()
  expect(statements).toMatchObject({ asked: [['a'], ['a'], ['a']], marks: 3 })
  await answerAll(statements)
  await answer
})

test('a failure is that of all who asked together, and of nobody after them', async () => {
  const { statements, reads } = await quiet()
  statements.failure = new AppError('UNAVAILABLE')
  const failing = Promise.allSettled([ask(reads, 'a'), ask(reads, 'b'), ask(reads, 'c', 'first')])
  await answerAll(statements)
  for (const result of await failing)
    expect(result).toMatchObject({ status: 'rejected', reason: { code: 'UNAVAILABLE' } })
  statements.failure = null
  const next = ask(reads, 'c')
  await answerAll(statements)
  expect(await next).toEqual(first('c'))
})
