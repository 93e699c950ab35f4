import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { AppError } from '@/lib/domain/errors'
import { Attempts, type SecretAttempt } from './attempts'

const minuteMs = 60_000
const hourMs = 60 * minuteMs

/** A person's account: its stored hash, and the secret that fits it. */
const person = { kind: 'registry', account: 'alice', comparedWith: 'hash 1', right: 'right 1' } as const
/** A robot's account. */
const robot = { ...person, account: 'robot+ci', isUnguessable: true } as const

type Account = Pick<SecretAttempt, 'kind' | 'account' | 'comparedWith' | 'isUnguessable'> & { readonly right: string }

let attempts: Attempts
let verified: string[]

beforeEach(() => {
  vi.useFakeTimers()
  // The memories take a start at 0 for none.
  vi.advanceTimersByTime(1)
  attempts = new Attempts()
  verified = []
})
afterEach(() => {
  vi.useRealTimers()
})

async function prove(secret: string, { right, ...account }: Account = person, address = '192.0.2.1'): Promise<string> {
  const verify = async () => {
    verified.push(secret)
    await Promise.resolve()
    return secret === right
  }
  try {
    return (await attempts.prove({ ...account, address, secret }, verify)) ? 'in' : 'wrong'
  } catch (error) {
    return AppError.from(error).code
  }
}

let guesses = 0
const guess = (account: Account = person, address?: string) => prove(`guess ${++guesses}`, account, address)

async function guessTimes(times: number, account: Account = person, address?: string): Promise<string[]> {
  const results: string[] = []
  for (let count = 0; count < times; count += 1) results.push(await guess(account, address))
  return results
}

const count = (results: readonly string[], result: string) => results.filter((one) => one === result).length

describe('what is no guess', () => {
  test('an empty secret: it is not looked at and not counted', async () => {
    for (let tries = 0; tries < 200; tries += 1) expect(await prove('')).toBe('wrong')
    expect(verified).toEqual([])
    expect(await prove('right 1')).toBe('in')
  })

  test('the same wrong secret again: it is counted and verified once, whatever comes between', async () => {
    for (let tries = 0; tries < 50; tries += 1) {
      for (const old of ['old 1', 'old 2', 'old 3']) expect(await prove(old)).toBe('wrong')
    }
    expect(verified).toEqual(['old 1', 'old 2', 'old 3'])
    expect(await guessTimes(8)).toEqual([...Array.from({ length: 7 }, () => 'wrong'), 'TOO_MANY_ATTEMPTS'])
  })

  test('the same for an account that does not exist', async () => {
    const nobody = { ...person, account: 'nobody', comparedWith: null, right: '' }
    for (let tries = 0; tries < 50; tries += 1) expect(await prove('old', nobody)).toBe('wrong')
    expect(verified).toEqual(['old'])
    expect(count(await guessTimes(20, nobody), 'wrong')).toBe(9)
  })

  test('an hour later it is a guess again', async () => {
    await prove('old')
    await vi.advanceTimersByTimeAsync(hourMs + 1)
    await prove('old')
    expect(verified).toEqual(['old', 'old'])
  })

  test('another address verifies it itself: the time of an answer does not tell what others have tried', async () => {
    await prove('old')
    await prove('old', person, '192.0.2.2')
    expect(verified).toEqual(['old', 'old'])
  })
})

test('a wrong secret that has become right comes in, and the former one no more', async () => {
  const changed = { ...person, comparedWith: 'hash 2', right: 'right 2' }
  expect([await prove('right 1'), await prove('right 2')]).toEqual(['in', 'wrong'])
  expect([await prove('right 1', changed), await prove('right 2', changed)]).toEqual(['wrong', 'in'])
})

test('a secret of an account that was not there comes in as soon as the account is', async () => {
  expect(await prove('right 1', { ...person, comparedWith: null, right: '' })).toBe('wrong')
  expect(await prove('right 1')).toBe('in')
})

test('a verification that breaks down is nobody’s failure and is not remembered', async () => {
  const { right, ...account } = person
  const broken = { ...account, address: '192.0.2.1', secret: right }
  for (let tries = 0; tries < 20; tries += 1) {
    await expect(attempts.prove(broken, () => Promise.reject(new AppError('UNAVAILABLE')))).rejects.toThrow()
  }
  expect(await prove(right)).toBe('in')
})

describe('at the same moment', () => {
  test('one verification serves all with the same secret, right or wrong; a wrong one is one failure', async () => {
    const all = await Promise.all(Array.from({ length: 800 }, (_, i) => prove(i % 2 === 0 ? 'right 1' : 'old')))
    expect([count(all, 'in'), count(all, 'wrong')]).toEqual([400, 400])
    expect(verified).toEqual(['right 1', 'old'])
    expect(count(await guessTimes(20), 'wrong')).toBe(9)
  })

  test.each([
    ['a robot', robot],
    ['a person', person],
  ])('%s comes in from a thousand addresses', async (_, account) => {
    const address = (i: number) => `198.51.${i >> 8}.${i & 255}`
    const all = await Promise.all(Array.from({ length: 1000 }, (_, i) => prove('right 1', account, address(i))))
    expect(count(all, 'in')).toBe(1000)
  })
})

describe('a secret that was proven in the last minutes', () => {
  test('comes in whatever fails at its address: its account, other accounts, and both', async () => {
    expect(await prove('right 1')).toBe('in')
    await guessTimes(30)
    for (let i = 0; i < 150; i += 1) await guess({ ...person, account: `other ${i}` })
    expect(await guess({ ...person, account: 'carol' })).toBe('TOO_MANY_ATTEMPTS')
    expect(await prove('right 1')).toBe('in')
  })

  test('does so for as long as it is used, and not after a pause', async () => {
    expect(await prove('right 1')).toBe('in')
    for (let time = 0; time < 3; time += 1) {
      await vi.advanceTimersByTimeAsync(10 * minuteMs)
      await guessTimes(20)
      expect(await prove('right 1')).toBe('in')
    }
    await vi.advanceTimersByTimeAsync(15 * minuteMs + 1)
    await guessTimes(20)
    expect(await prove('right 1')).toBe('TOO_MANY_ATTEMPTS')
  })

  test('helps nobody with another one, nor at another address', async () => {
    expect(await prove('right 1')).toBe('in')
    await guessTimes(10)
    expect(await prove('guess')).toBe('TOO_MANY_ATTEMPTS')
    await guessTimes(10, person, '192.0.2.2')
    expect(await prove('right 1', person, '192.0.2.2')).toBe('TOO_MANY_ATTEMPTS')
  })

  test('of a robot comes in at every address, after any number of failures', async () => {
    expect(await prove('right 1', robot)).toBe('in')
    for (const address of ['192.0.2.1', '192.0.2.2']) {
      expect(await guessTimes(120, robot, address)).toContain('TOO_MANY_ATTEMPTS')
      expect(await prove('right 1', robot, address)).toBe('in')
    }
  })
})

describe('a secret that nobody guesses', () => {
  test('locks no account: after ninety wrong ones from an address and thousands from others, the first right one comes in', async () => {
    expect(count(await guessTimes(90, robot), 'wrong')).toBe(90)
    for (let i = 0; i < 3000; i += 1) await guess(robot, `198.51.${i >> 8}.${i & 255}`)
    expect(await prove('right 1', robot)).toBe('in')
  })

  test('counts for its address: a hundred different ones, then other accounts wait too', async () => {
    expect(count(await guessTimes(200, robot), 'wrong')).toBe(100)
    expect(await prove('right 1', robot)).toBe('TOO_MANY_ATTEMPTS')
    expect(await prove('right 1', person)).toBe('TOO_MANY_ATTEMPTS')
    expect(await prove('right 1', robot, '192.0.2.2')).toBe('in')
  })

  test('an address that the robot is known at costs a bounded number of verifications', async () => {
    await prove('right 1', robot)
    verified = []
    await guessTimes(500, robot)
    expect(verified).toHaveLength(100)
  })
})

// docs/security.md states these numbers.
describe('what an attacker gets through in an hour, of a person’s password', () => {
  /** Guesses once a second for an hour, from the given addresses in turn; returns how many guesses were verified. */
  async function attack(
    addresses: readonly string[],
    account: (i: number) => Account,
    everyMinute: () => Promise<unknown> = () => Promise.resolve(),
  ) {
    let through = 0
    for (let second = 0; second < 3600; second += 1) {
      if (second % 60 === 0) await everyMinute()
      const address = addresses[second % addresses.length]
      if ((await guess(account(second), address)) === 'wrong') through += 1
      await vi.advanceTimersByTimeAsync(1000)
    }
    return through
  }
  const many = Array.from({ length: 1200 }, (_, i) => `198.51.${i >> 8}.${i & 255}`)
  const anybody = (i: number) => ({ ...person, account: `person ${i}` })

  test('one address, one account: 40', async () => {
    expect(await attack(['203.0.113.1'], () => person)).toBe(40)
  })

  test('one address, many accounts: 400', async () => {
    expect(await attack(['203.0.113.1'], anybody)).toBe(400)
  })

  test('many addresses, one account: 100', async () => {
    expect(await attack(many, () => person)).toBe(100)
  })

  test('the address of the owner, who logs on each minute: 100, also where the answer is 429', async () => {
    await prove('right 1')
    const owner: string[] = []
    const through = await attack(
      ['192.0.2.1'],
      () => person,
      async () => {
        owner.push(await prove('right 1'))
      },
    )
    expect(through).toBeLessThanOrEqual(100)
    // Somebody who shares an address with the owner and tries a hundred passwords locks the owner out there.
    expect(owner.slice(0, 2)).toEqual(['in', 'in'])
    expect(owner.at(-1)).toBe('TOO_MANY_ATTEMPTS')
    expect(await prove('right 1', person, '192.0.2.9')).toBe('in')
  })

  test('while the account is locked, each different secret counts: a proven one is let in among a hundred', async () => {
    await prove('right 1')
    await guessTimes(10)
    const refused = await guessTimes(90)
    expect(count(refused, 'TOO_MANY_ATTEMPTS')).toBe(90)
    expect(await prove('right 1')).toBe('TOO_MANY_ATTEMPTS')
  })

  test('a refused secret that comes again and again counts once, so old ones do not lock the owner out', async () => {
    await prove('right 1')
    await guessTimes(10)
    for (let tries = 0; tries < 500; tries += 1) expect(await prove(`old ${tries % 3}`)).toBe('TOO_MANY_ATTEMPTS')
    expect(await prove('right 1')).toBe('in')
  })
})
