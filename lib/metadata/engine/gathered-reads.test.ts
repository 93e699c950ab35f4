import { expect, test } from 'vitest'
import { AppError } from '@/lib/domain/errors'
import { GatheredReads } from './gathered-reads'
import type { SqlRunner } from './sql-runner'

/** Answers a statement with the values of its questions, but for those that are `none`; it waits until `release`. */
class Statements implements Pick<SqlRunner, '$queryRaw'> {
  readonly asked: (readonly string[])[] = []
  #waiting: (() => void)[] = []
  failure: AppError | null = null

  async $queryRaw<T>(_: unknown, ...columns: readonly unknown[]): Promise<T> {
    const values = columns[0] as readonly string[]
    this.asked.push(values)
    await new Promise<void>((resolve) => this.#waiting.push(resolve))
    if (this.failure !== null) throw this.failure
    // In another order than they were asked.
    const rows = values.map((value, index) => ({ question: BigInt(index + 1), value })).reverse()
    return rows.filter(({ value }) => value !== 'none') as T
  }

  release(): void {
    for (const go of this.#waiting.splice(0)) go()
  }
}

const turn = () => new Promise((resolve) => setImmediate(() => setImmediate(resolve)))

function ask(reads: GatheredReads, value: string) {
  return reads.first<{ value: string }>`SELECT "value" FROM "Things" WHERE "value" = ${value}`
}

test('what is asked at once is asked in one statement, and each gets its own row', async () => {
  const statements = new Statements()
  const reads = new GatheredReads(statements)
  const answers = Promise.all(['a', 'none', 'b', 'a'].map((value) => ask(reads, value)))
  await turn()
  statements.release()
  expect(await answers).toEqual([{ value: 'a' }, undefined, { value: 'b' }, { value: 'a' }])
  expect(statements.asked).toEqual([['a', 'none', 'b', 'a']])
})

test('a few statements are under way at most, each with a bounded number of questions', async () => {
  const statements = new Statements()
  const reads = new GatheredReads(statements)
  const answers = Promise.all(Array.from({ length: 200 }, (_, n) => ask(reads, String(n))))
  await turn()
  expect(statements.asked.map(({ length }) => length)).toEqual([32, 32])
  const late = ask(reads, 'late')
  while (statements.asked.flat().length < 201) {
    statements.release()
    await turn()
  }
  statements.release()
  expect((await answers).map((row) => row?.value)).toEqual(Array.from({ length: 200 }, (_, n) => String(n)))
  expect(await late).toEqual({ value: 'late' })
})

test('a question that comes while a statement runs is not answered by it', async () => {
  const statements = new Statements()
  const reads = new GatheredReads(statements)
  const first = ask(reads, 'a')
  await turn()
  const second = ask(reads, 'a')
  await turn()
  expect(statements.asked).toEqual([['a'], ['a']])
  statements.release()
  expect(await Promise.all([first, second])).toHaveLength(2)
})

test('a failure is that of all who asked together, and of nobody after them', async () => {
  const statements = new Statements()
  const reads = new GatheredReads(statements)
  statements.failure = new AppError('UNAVAILABLE')
  const failing = Promise.allSettled([ask(reads, 'a'), ask(reads, 'b')])
  await turn()
  statements.release()
  for (const result of await failing)
    expect(result).toMatchObject({ status: 'rejected', reason: { code: 'UNAVAILABLE' } })
  statements.failure = null
  const next = ask(reads, 'c')
  await turn()
  statements.release()
  expect(await next).toEqual({ value: 'c' })
})
