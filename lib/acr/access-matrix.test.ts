import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { acrCodes, acrRows } from '@/e2e/access/acr'
import { type Row, callers, nobody } from '@/e2e/access/matrix'
import { type AcrDoor, type AcrReply, openAcrDoor } from '@/lib/testing/acr-door'
import { type AcrKey, signRequest } from '@/lib/testing/acr-signer'
import { acrAnswers } from '@/lib/testing/acr-answers'
import { acrRequests } from '@/lib/testing/acr-requests'
import { type TestContext, UnlimitedAttempts, openTestContext } from '@/lib/testing/test-context'
import { TestWorld, accessKeyId, accessKeySecret, passwords, robotId, subjects } from '@/lib/testing/test-world'
import { actions } from './actions'

/* Every action, asked through the door as every caller. */

const keyOf = (name: string): AcrKey => ({ id: accessKeyId(name), secret: accessKeySecret })
const robotKeyOf = (name: string): AcrKey => ({ id: robotId(name), secret: passwords.robot })

/** Everything that proves nothing, and the code of its refusal. */
const unproven: Readonly<Record<string, readonly [AcrKey, code: string]>> = {
  'a wrong secret': [{ ...keyOf('admin'), secret: 'wrong' }, 'SignatureDoesNotMatch'],
  'an unknown key': [keyOf('nobody'), 'InvalidAccessKeyId.NotFound'],
  'a disabled key': [keyOf('off'), 'InvalidAccessKeyId.Inactive'],
  'the key of a disabled user': [keyOf('disabled'), 'InvalidAccessKeyId.Inactive'],
  'a robot with a wrong secret': [{ ...robotKeyOf('manage-instance'), secret: 'wrong' }, 'SignatureDoesNotMatch'],
  'a disabled robot': [robotKeyOf('disabled'), 'InvalidAccessKeyId.Inactive'],
  'an expired robot': [robotKeyOf('expired'), 'InvalidAccessKeyId.Inactive'],
}

// Which of them does not depend on the database.
const scheme = inject('provider') === 'sqlite' ? 'V3' : 'V1'

/** Actions for people only. */
const ofUsers: readonly string[] = ['ResetLoginPassword', 'GetAuthorizationToken']

/** Actions that change nothing. */
const reading = /^(?:Get(?!AuthorizationToken)|List)/

let context: TestContext
let world: TestWorld
let door: AcrDoor
let isChanged = false

beforeAll(async () => {
  // How often one may fail is not the question here, and it would be the answer soon.
  context = await openTestContext({}, { attempts: new UnlimitedAttempts() })
  world = new TestWorld(context.ctx)
  await world.build()
  door = await openAcrDoor(context.ctx)
}, 60_000)
afterAll(async () => {
  door.close()
  await context.close()
})

const nameOf = ({ operation, about }: Row) => `${operation} ${about}`

test('every action has a row, a request and a type of its answer, and nothing is left over', () => {
  const names = Object.keys(actions).sort()
  expect([...new Set(acrRows.map(({ operation }) => operation))].sort()).toEqual(names)
  expect(Object.keys(acrRequests).sort()).toEqual(acrRows.map(nameOf).sort())
  expect(Object.keys(acrAnswers).sort()).toEqual(names)
})

test('every caller of the table is somebody in the world', () => {
  expect(callers).toEqual([nobody, ...subjects])
})

describe.each(acrRows.map((row) => [nameOf(row), row] as const))('%s', (name, row) => {
  test('by each caller', async () => {
    const expected: Record<string, string | undefined> = {}
    const actual: Record<string, string> = {}
    for (const caller of subjects) {
      expected[caller] = row.answers.get(caller)
      actual[caller] = inWords(row, await ask(row, keyOf(caller)), expected[caller] === 'ok')
    }
    expect(actual).toEqual(expected)
  })

  // Of `main`, with the grants of the callers. The same on both databases, of which PostgreSQL takes twice as long.
  const byRobots = async () => {
    const expected: Record<string, string | undefined> = {}
    const actual: Record<string, string> = {}
    for (const caller of subjects.filter((subject) => subject !== 'admin')) {
      // A robot of `main` has nothing in the other instance.
      const answer = row.answers.get(caller === 'beside' ? 'none' : caller)
      expected[caller] = ofUsers.includes(row.operation) ? 'priv' : answer
      actual[caller] = inWords(row, await ask(row, robotKeyOf(caller)), answer === 'ok')
    }
    expect(actual).toEqual(expected)
  }
  if (inject('provider') === 'sqlite') test('by robots', byRobots)

  test('by who proves nothing', async () => {
    const actual: Record<string, string> = {}
    for (const [why, [key]] of Object.entries(unproven)) actual[why] = (await ask(row, key)).json.Code
    const { operation } = row
    const { parameters = {} } = acrRequests[name] ?? {}
    const unsigned = { ...signRequest(keyOf('admin'), operation, parameters), headers: { host: 'localhost' } }
    unsigned.path = `/?${new URLSearchParams({ Action: operation, ...parameters }).toString()}`
    actual['no signature'] = (await door.send(unsigned)).json.Code
    const expected = Object.entries(unproven).map(([why, [, code]]) => [why, code])
    expect(actual).toEqual({ ...Object.fromEntries(expected), 'no signature': 'MissingAccessKeyId' })
  })
})

/** Asks once, in the world as it was built. */
async function ask(row: Row, key: AcrKey): Promise<AcrReply> {
  const { parameters, prepare } = acrRequests[nameOf(row)] ?? {}
  if (isChanged) await world.reset()
  isChanged = prepare !== undefined
  await prepare?.(context.ctx)
  const answer = await door.call(key, row.operation, parameters, { scheme })
  if (answer.status < 400 && !reading.test(row.operation)) isChanged = true
  return answer
}

/** The answer in the table's words. One that is not as documented is shown whole. */
function inWords({ operation }: Row, { status, json }: AcrReply, withoutCount: boolean): string {
  const { RequestId, Code, IsSuccess, ...fields } = json
  if (status !== 200) return Object.entries(acrCodes).find(([, code]) => code === Code)?.[0] ?? `${status} ${Code}`
  const isWhole = acrAnswers[operation]?.safeParse(fields).success === true && IsSuccess === true && RequestId !== ''
  if (!isWhole) return JSON.stringify(json)
  const items = Object.values(fields).find((value) => Array.isArray(value))
  return items === undefined || withoutCount ? 'ok' : `ok:${items.length}`
}
