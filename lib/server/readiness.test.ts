import { afterEach, describe, expect, test, vi } from 'vitest'
import { createLogger } from '@/lib/log'
import type { Phase } from './phase'
import { createReadiness } from './readiness'

const log = createLogger('silent')
const works = () => Promise.resolve()
const fails = (): Promise<void> => Promise.reject(new Error('connection refused by 10.0.0.7'))
const hangs = () => new Promise<void>(() => {})

afterEach(() => vi.restoreAllMocks())

describe('readiness', () => {
  test('is given while both parts answer', async () => {
    const readiness = createReadiness({ name: 'ready' }, { database: works, storage: works }, log)
    expect(await readiness()).toEqual({ status: 'ready', failing: [] })
  })

  test.each([
    ['a part that fails', fails],
    ['a part that hangs', hangs],
  ])('names %s, and nothing of the cause', async (_name, broken) => {
    const readiness = createReadiness({ name: 'ready' }, { database: broken, storage: works }, log, 20)
    expect(await readiness()).toEqual({ status: 'failing', failing: ['database'] })
    const both = createReadiness({ name: 'ready' }, { database: broken, storage: broken }, log, 20)
    expect(await both()).toEqual({ status: 'failing', failing: ['database', 'storage'] })
  })

  test('returns when the part does, although an earlier check still hangs', async () => {
    const storage = vi.fn(hangs)
    const readiness = createReadiness({ name: 'ready' }, { database: works, storage }, log, 20)
    expect((await readiness()).status).toBe('failing')
    storage.mockImplementation(works)
    expect((await readiness()).status).toBe('ready')
  })

  test('asks a part once for all who ask at the same time', async () => {
    const database = vi.fn(works)
    const readiness = createReadiness({ name: 'ready' }, { database, storage: works }, log)
    await Promise.all(Array.from({ length: 100 }, readiness))
    expect(database).toHaveBeenCalledTimes(1)
    await readiness()
    expect(database).toHaveBeenCalledTimes(2)
  })

  test.each([
    ['starting', 'starting'],
    ['draining', 'stopping'],
    ['stopping', 'stopping'],
  ] as const)('is refused while %s, without asking the parts', async (name, status) => {
    const database = vi.fn(works)
    const phase: Phase = { name }
    expect(await createReadiness(phase, { database, storage: works }, log)()).toEqual({ status, failing: [] })
    expect(database).not.toHaveBeenCalled()
  })

  test('logs a part that fails with its cause, once until it answers again', async () => {
    const error = vi.spyOn(log, 'error')
    const info = vi.spyOn(log, 'info')
    const database = vi.fn(fails)
    const readiness = createReadiness({ name: 'ready' }, { database, storage: works }, log)
    await readiness()
    await readiness()
    expect(error).toHaveBeenCalledTimes(1)
    expect(error.mock.calls[0]?.[0]).toMatchObject({ part: 'database', err: { message: /refused by/ } })
    database.mockImplementation(works)
    await readiness()
    await readiness()
    expect(info).toHaveBeenCalledTimes(1)
  })
})
