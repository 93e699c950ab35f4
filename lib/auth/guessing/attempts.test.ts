import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { AppError } from '@/lib/domain/errors'
import { type Attempt, Attempts } from './attempts'

const limits = {
  pair: { failures: 3, windowSeconds: 60 },
  account: { failures: 7, windowSeconds: 600 },
  address: { failures: 5, windowSeconds: 60 },
  loopback: { failures: 8, windowSeconds: 60 },
}

let attempts: Attempts

beforeEach(() => {
  vi.useFakeTimers()
  attempts = new Attempts(limits)
})
afterEach(() => {
  vi.useRealTimers()
})

const alice: Attempt = { kind: 'password', account: 'alice', address: '192.0.2.1' }

/** How a try ends: its own answer, or a refusal's code. Says also whether the secret was looked at. */
async function attempt(given: Partial<Attempt>, isRight: boolean): Promise<string> {
  try {
    return (await attempts.guard({ ...alice, ...given }, () => Promise.resolve(isRight ? 'in' : null))) ?? 'wrong'
  } catch (error) {
    return AppError.from(error).code
  }
}

async function failTimes(times: number, given: Partial<Attempt> = {}): Promise<string[]> {
  const results: string[] = []
  for (let i = 0; i < times; i++) results.push(await attempt(given, false))
  return results
}

test('after so many failures the right secret is refused too, until the window is over', async () => {
  expect(await failTimes(4)).toEqual(['wrong', 'wrong', 'wrong', 'TOO_MANY_ATTEMPTS'])
  expect(await attempt({}, true)).toBe('TOO_MANY_ATTEMPTS')
  // Refusals do not prolong it.
  vi.advanceTimersByTime(59_000)
  expect(await attempt({}, true)).toBe('TOO_MANY_ATTEMPTS')
  vi.advanceTimersByTime(1_001)
  expect(await attempt({}, true)).toBe('in')
})

test('a refusal says when to try again', async () => {
  await failTimes(3)
  vi.advanceTimersByTime(10_000)
  await expect(attempts.guard(alice, () => Promise.resolve('in'))).rejects.toMatchObject({
    code: 'TOO_MANY_ATTEMPTS',
    status: 429,
    wireCode: 'TOOMANYREQUESTS',
    message: 'too many failed attempts to log on, try again in 1 minute',
    detail: { retryAfterSeconds: 50 },
    headers: { 'Retry-After': '50' },
  })
})

test('a success clears the account at this address', async () => {
  await failTimes(2)
  expect(await attempt({}, true)).toBe('in')
  expect(await failTimes(3)).toEqual(['wrong', 'wrong', 'wrong'])
})

test('success with one kind of secret clears nothing of another', async () => {
  await failTimes(3, { kind: 'second-factor' })
  expect(await attempt({}, true)).toBe('in')
  expect(await attempt({ kind: 'second-factor' }, true)).toBe('TOO_MANY_ATTEMPTS')
})

test('one address locks an account only for itself', async () => {
  await failTimes(50)
  expect(await attempt({}, true)).toBe('TOO_MANY_ATTEMPTS')
  expect(await attempt({ address: '192.0.2.2' }, true)).toBe('in')
})

test('many addresses lock an account for strangers, and not where it was proven before', async () => {
  const home = { address: '198.51.100.1' }
  expect(await attempt(home, true)).toBe('in')
  for (let i = 0; i < 7; i++) expect(await attempt({ address: `203.0.113.${i}` }, false)).toBe('wrong')
  expect(await attempt({ address: '203.0.113.99' }, true)).toBe('TOO_MANY_ATTEMPTS')
  expect(await attempt(home, true)).toBe('in')
})

test('who guesses at the owner’s own address is limited although the owner keeps logging on', async () => {
  for (let i = 0; i < 7; i++) {
    expect(await attempt({}, true)).toBe('in')
    expect(await attempt({}, false)).toBe('wrong')
  }
  expect(await attempt({}, true)).toBe('TOO_MANY_ATTEMPTS')
})

test('an address is limited over all accounts and kinds, and who was proven there still comes in', async () => {
  expect(await attempt({ account: 'bob' }, true)).toBe('in')
  for (let i = 0; i < 5; i++) {
    const kind = i % 2 === 0 ? 'registry' : 'access-key'
    expect(await attempt({ account: `guess-${i}`, kind }, false)).toBe('wrong')
  }
  expect(await attempt({ account: 'carol' }, true)).toBe('TOO_MANY_ATTEMPTS')
  expect(await attempt({ account: 'bob' }, true)).toBe('in')
})

test('an IPv6 client is its /64', async () => {
  for (let i = 0; i < 5; i++) await attempt({ account: `guess-${i}`, address: `2001:db8:0:1::${i}` }, false)
  expect(await attempt({ account: 'carol', address: '2001:db8:0:1:ffff::' }, true)).toBe('TOO_MANY_ATTEMPTS')
  expect(await attempt({ account: 'carol', address: '2001:db8:0:2::' }, true)).toBe('in')
})

test('the machine’s own address, which may be everybody’s, has a limit of its own', async () => {
  const address = '127.0.0.1'
  for (let i = 0; i < 8; i++) expect(await attempt({ account: `guess-${i}`, address }, false)).toBe('wrong')
  expect(await attempt({ account: 'carol', address }, true)).toBe('TOO_MANY_ATTEMPTS')
})

test('spelling an account otherwise is no new account', async () => {
  expect([...(await failTimes(2)), ...(await failTimes(2, { account: ' ALICE ' }))]).toEqual([
    'wrong',
    'wrong',
    'wrong',
    'TOO_MANY_ATTEMPTS',
  ])
})

test('tries at the same time are no way around: only a few are looked at', async () => {
  let looked = 0
  const tries = Array.from({ length: 100 }, () =>
    attempts
      .guard(alice, async () => {
        looked += 1
        await Promise.resolve()
        return null
      })
      .catch((error: unknown) => AppError.from(error).code),
  )
  const results = await Promise.all(tries)
  expect(results.filter((result) => result === null)).toHaveLength(looked)
  expect(looked).toBeLessThanOrEqual(limits.pair.failures + 3)
  expect(new Set(results)).toEqual(new Set([null, 'TOO_MANY_ATTEMPTS']))
})

test('what takes long of one kind holds up nothing of another', async () => {
  const never = Array.from({ length: 20 }, (_, i) => {
    const slow = { kind: 'single-sign-on', account: `state-${i}`, address: alice.address, isUnguessable: true } as const
    return attempts.guard(slow, () => new Promise<null>(() => undefined))
  })
  expect(never).toHaveLength(20)
  expect(await attempt({}, true)).toBe('in')
})

test('many right ones at the same time all come in', async () => {
  const results = await Promise.all(Array.from({ length: 100 }, () => attempt({}, true)))
  expect(new Set(results)).toEqual(new Set(['in']))
})

test('a refusal with a reason counts; a failure of the server does not', async () => {
  const failing = async (error: Error) => {
    await expect(attempts.guard(alice, () => Promise.reject(error))).rejects.toBe(error)
  }
  for (let i = 0; i < 5; i++) await failing(new AppError('UNAVAILABLE'))
  for (let i = 0; i < 5; i++) await failing(new Error('the database is away'))
  for (let i = 0; i < 3; i++) await failing(new AppError('UNAUTHORIZED', { message: 'the robot has expired' }))
  expect(await attempt({}, true)).toBe('TOO_MANY_ATTEMPTS')
})

test('one account is looked at by few at once, from however many addresses', async () => {
  let [looking, most] = [0, 0]
  const tries = Array.from({ length: 100 }, (_, i) =>
    attempts
      .guard({ ...alice, address: `198.51.100.${i}` }, async () => {
        most = Math.max(most, ++looking)
        await Promise.resolve()
        looking -= 1
        return null
      })
      .catch((error: unknown) => AppError.from(error).code),
  )
  await Promise.all(tries)
  expect(most).toBeLessThanOrEqual(8)
})

describe('a secret that names its bearer', () => {
  const bearer = (account: string): Partial<Attempt> => ({ kind: 'registry', account, isUnguessable: true })

  test('counts for its address, and crowds nobody’s count out', async () => {
    expect(await failTimes(3)).toEqual(['wrong', 'wrong', 'wrong'])
    for (let i = 0; i < 5; i++) await failTimes(1, { ...bearer(`token-${i}`), address: '203.0.113.1' })
    expect(await attempt({ ...bearer('token-6'), address: '203.0.113.1' }, true)).toBe('TOO_MANY_ATTEMPTS')
    expect(await attempt({}, true)).toBe('TOO_MANY_ATTEMPTS')
  })

  test('that was proven at an address goes on there, whatever others fail at', async () => {
    expect(await attempt(bearer('mine'), true)).toBe('in')
    for (let i = 0; i < 6; i++) await failTimes(1, bearer(`token-${i}`))
    expect(await attempt(bearer('mine'), true)).toBe('in')
    expect(await attempt(bearer('another'), true)).toBe('TOO_MANY_ATTEMPTS')
  })

  test('is not locked out where it was proven by others who name it, until that is long ago', async () => {
    expect(await attempt(bearer('mine'), true)).toBe('in')
    expect(await failTimes(9, bearer('mine'))).toEqual(Array(9).fill('wrong'))
    expect(await attempt(bearer('mine'), true)).toBe('in')
    vi.advanceTimersByTime(15 * 60_000 + 1)
    expect(await failTimes(6, bearer('mine'))).toEqual([...Array<string>(5).fill('wrong'), 'TOO_MANY_ATTEMPTS'])
    expect(await attempt(bearer('mine'), true)).toBe('TOO_MANY_ATTEMPTS')
  })
})
