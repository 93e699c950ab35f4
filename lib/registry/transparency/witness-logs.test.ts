import { generateKeyPairSync } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { operations } from '@/lib/api/operations/operations'
import type { LogWitnessView, TransparencyLogView } from '@/lib/api/schemas/instances'
import { parseConfig } from '@/lib/config'
import type { WitnessFailure } from '@/lib/domain/transparency/witnesses'
import { listLogWitnesses } from '@/lib/metadata/log-witnesses'
import { findServedLog } from '@/lib/metadata/served-checkpoints'
import { findLog } from '@/lib/metadata/transparency-logs'
import { rotateLogKeys } from '@/lib/secrets/log-keys'
import { openKeys } from '@/lib/auth/keys'
import { postToWitness } from '@/lib/server/post-to-witness'
import { fillLogs } from '@/lib/testing/fill-logs'
import { type TestDoors, openTestDoors } from '@/lib/testing/test-doors'
import { TestWitness, type WitnessLie } from '@/lib/testing/test-witness'
import { cosign, cosignaturesOf, parseCheckpoint, signCheckpoint } from '@/lib/transparency/checkpoint'
import { verifyEvidence } from '@/lib/transparency/evidence'
import { isSignedBy, parseVerifierKey } from '@/lib/transparency/note'
import { Witnessing } from './witness-logs'

let doors: TestDoors
let instanceId: string
let one: TestWitness
let two: TestWitness
let stop: AbortController

beforeEach(async () => {
  ;[one, two] = await Promise.all([TestWitness.start('witness.example/one'), TestWitness.start('witness.example/two')])
  doors = await openTestDoors({ STELE_LOG_WITNESSES: `${one.setting}, ${two.setting}` })
  instanceId = doors.params.instanceId
  stop = new AbortController()
})
afterEach(() => void vi.restoreAllMocks())

afterEach(async () => {
  stop.abort()
  one.close()
  two.close()
  await doors.close()
})

const ctx = () => doors.registry.ctx

/** How long what fails waits. */
const backOff = { firstMs: 40, maxMs: 200 }

/** `patienceMs`: how long the second witness may take; the first one has all the time that a busy machine needs. */
function witnessing({ waitMs = 200, patienceMs = 60_000, waits = backOff } = {}): Witnessing {
  const isTwo = (url: string) => two.setting.includes(new URL(url).host)
  return new Witnessing(
    ctx(),
    (url, body, signal) => postToWitness(url, body, signal, isTwo(url) ? patienceMs : 60_000),
    { waitMs, backOff: waits },
  )
}

let images = 0
/** Pushes one image more and brings the log up to date. */
async function grow(count = 1): Promise<void> {
  for (let n = 0; n < count; n++) {
    const { bytes } = await doors.registry.image(`content ${++images}`)
    expect((await doors.registry.pushManifest(`v${images}`, bytes)).status).toBe(201)
  }
  await fillLogs(ctx())
}

async function deliver(by = witnessing()): Promise<void> {
  await by.look(stop.signal)
  await by.settled()
}

/** Delivers until a witness has been asked this often: what failed waits in between. */
async function deliverUntil(witness: TestWitness, requests: number, by = witnessing()): Promise<void> {
  while (witness.requests.length < requests) {
    await deliver(by)
    await setTimeout(5)
  }
}

const served = async () => {
  const log = await findServedLog(ctx().db, instanceId)
  return { ...log, text: `${log?.checkpoint}${log?.cosignatures}` }
}

/** The names of the witnesses whose cosignatures are on what is served. */
async function cosigners(): Promise<string[]> {
  const { note } = parseCheckpoint((await served()).text)
  const found = cosignaturesOf(note, [one.key, two.key])
  return found.map((cosignature) => (cosignature === false ? 'not valid' : cosignature.witness))
}

async function view(): Promise<TransparencyLogView> {
  const { status, json } = await doors.api.call('GET', operations.getTransparencyLog.path, doors.params)
  expect(status).toBe(200)
  return json as unknown as TransparencyLogView
}
async function viewOf(witness: TestWitness): Promise<LogWitnessView | undefined> {
  return (await view()).witnesses.find(({ name }) => name === witness.key.name)
}

describe('witnesses that are honest', () => {
  test('cosign each checkpoint, and it is served with that', async () => {
    const by = witnessing()
    await grow(3)
    await deliver(by)
    expect(await cosigners()).toEqual([one.key.name, two.key.name])
    expect((await served()).size).toBe(5)
    expect(one.requests.map(({ old }) => old)).toEqual([0])

    await grow(2)
    await deliver(by)
    expect(one.requests.map(({ old, checkpoint }) => [old, checkpoint.size])).toEqual([
      [0, 5],
      [5, 7],
    ])
    expect(await cosigners()).toEqual([one.key.name, two.key.name])

    await deliver(by)
    expect(one.requests).toHaveLength(2)
    const { witnesses, checkpoint, keys } = await view()
    expect(checkpoint).toBe((await served()).text)
    expect(isSignedBy(parseCheckpoint(checkpoint).note, parseVerifierKey(keys[0] ?? ''))).toBe(true)
    expect(witnesses).toMatchObject([
      { name: one.key.name, key: one.key.text, state: 'COSIGNED', size: 7, behind: 0, failure: null },
      { name: two.key.name, state: 'COSIGNED', cosignedAt: expect.any(String) as string },
    ])
  })

  test('are in evidence too', async () => {
    await grow()
    await deliver()
    const params = { ...doors.params, tag: `v${images}` }
    const { json } = await doors.api.call('GET', operations.getTagEvidence.path, params)
    const [key = ''] = (await view()).keys
    const report = verifyEvidence(json as unknown as Parameters<typeof verifyEvidence>[0], {
      keys: [parseVerifierKey(key)],
      witnesses: [one.key, two.key],
    })
    expect(report.violations).toEqual([])
    expect(report.cosignatures).toHaveLength(2)
  })

  test('that know more than the server goes on from where they are: their answer was lost', async () => {
    await grow(2)
    one.lie = (_, response) => {
      one.lie = () => null
      response.destroy()
      return 'answered'
    }
    // The witness cosigned, and the server was killed before it could store that.
    const head = await findLog(ctx().db, instanceId)
    one.seen.set(head?.origin ?? '', parseCheckpoint(head?.checkpoint ?? ''))
    await grow(2)
    await deliverUntil(one, 3)
    expect(one.requests.map(({ old }) => old)).toEqual([0, 0, 4])
    expect(await cosigners()).toContain(one.key.name)
  })

  test('cosign what was stored of them, although the server was killed before it was served', async () => {
    await grow()
    await deliver()
    await grow()
    // All of a delivery but its last step.
    const { db } = ctx()
    const before = await served()
    await deliver()
    await db.prisma.servedCheckpoint.update({
      where: { instanceId },
      data: {
        ...{ size: before.size ?? 0, root: before.root ?? '', checkpoint: before.checkpoint ?? '' },
        ...{ signedAt: before.signedAt ?? new Date(), cosignatures: before.cosignatures ?? '' },
      },
    })
    const asked = one.requests.length
    await deliver()
    expect(await cosigners()).toEqual([one.key.name, two.key.name])
    expect(one.requests).toHaveLength(asked)
  })

  test('need not sign again when the log is signed with a new key', async () => {
    await grow()
    const by = witnessing()
    await deliver(by)
    const keys = openKeys(ctx().config, ctx().db)
    await rotateLogKeys(keys, { revokeFormer: false, record: () => Promise.resolve() })
    await fillLogs(ctx())
    await deliver(by)
    const { text } = await served()
    expect(parseCheckpoint(text).note.signatures).toHaveLength(4)
    expect(await cosigners()).toEqual([one.key.name, two.key.name])
    expect(one.requests).toHaveLength(1)
  })
})

describe('what is served', () => {
  test('has the cosignatures of all who answer, at any moment, while the log grows without a pause', async () => {
    const by = witnessing({ waitMs: 60_000 })
    await grow()
    await deliver(by)
    const done = new AbortController()
    const isDone = () => done.signal.aborted
    const watching = (async () => {
      const sizes: number[] = []
      while (!isDone()) {
        const { size = 0 } = await served()
        expect(await cosigners()).toEqual([one.key.name, two.key.name])
        sizes.push(size)
      }
      return sizes
    })()
    const looking = (async () => {
      while (!isDone()) {
        await by.look(stop.signal)
        await setTimeout(2)
      }
    })()
    for (let n = 0; n < 12; n++) await grow()
    const { size } = (await findLog(ctx().db, instanceId)) ?? {}
    await expect.poll(async () => (await served()).size).toBe(size)
    done.abort()
    await looking
    const sizes = await watching
    expect(sizes).toEqual(sizes.toSorted((first, second) => first - second))
    expect(new Set(sizes).size).toBeGreaterThan(3)
  })

  test('waits for a slow witness for a while only, and gets its cosignature when it comes', async () => {
    await grow()
    let answer: () => void = () => undefined
    two.lie = ({ text }, response) => {
      answer = () => response.end(two.cosign(text))
      return 'answered'
    }
    const by = witnessing()
    await by.look(stop.signal)
    await expect.poll(cosigners).toEqual([one.key.name])
    expect(await viewOf(two)).toMatchObject({ state: 'BEHIND', size: 0, failure: null })
    answer()
    await by.settled()
    expect(await cosigners()).toEqual([one.key.name, two.key.name])
  })

  test('does not wait for one that failed before', async () => {
    two.lie = () => ({ status: 500, body: 'no' })
    const by = witnessing({ waitMs: 60_000 })
    await grow()
    await deliver(by)
    two.lie = () => 'answered'
    await ctx().db.prisma.logWitness.updateMany({ data: { nextAttemptAt: new Date() } })
    await grow()
    await by.look(stop.signal)
    await expect.poll(async () => (await served()).size).toBe(4)
    expect(await cosigners()).toEqual([one.key.name])
    stop.abort()
    await by.settled()
  })

  test('never goes back: not when witnesses are taken away, nor when they come again', async () => {
    const settings = (text: string) => Object.assign(ctx().config, { witnesses: parseConfig({ STELE_LOG_WITNESSES: text }).witnesses }) // prettier-ignore
    const all = `${one.setting}, ${two.setting}`
    await grow()
    await deliver()
    await grow()
    expect((await served()).size).toBe(3)
    settings('')
    await deliver()
    expect(await served()).toMatchObject({ size: 4, cosignatures: '', isHeld: false })
    await grow()
    expect((await served()).size).toBe(5)
    settings(all)
    await deliver()
    expect(await served()).toMatchObject({ size: 5, isHeld: true })
    expect(await cosigners()).toHaveLength(2)

    settings(two.setting)
    await grow()
    await deliver()
    expect(await cosigners()).toEqual([two.key.name])
    expect(await listLogWitnesses(ctx().db, instanceId)).toMatchObject([{ witness: two.key.text }])
  })

  test('stays when a server that was paused comes late with an older checkpoint', async () => {
    await grow()
    let answer: () => void = () => undefined
    two.lie = ({ text }, response) => {
      answer = () => response.end(two.cosign(text))
      return 'answered'
    }
    const late = witnessing({ waitMs: 60_000 })
    await late.look(stop.signal)
    await expect.poll(() => two.requests.length).toBe(1)
    two.lie = () => null
    await grow()
    await deliver()
    const now = await served()
    expect(now.size).toBe(4)
    answer()
    await late.settled()
    expect(await served()).toEqual(now)
    expect((await listLogWitnesses(ctx().db, instanceId)).map(({ size }) => size)).toEqual([4, 4])
  })
})

describe('a witness that lies is refused, and named', () => {
  const other = generateKeyPairSync('ed25519').privateKey
  const now = () => Math.floor(Date.now() / 1000)
  const forked = (text: string) => text.replace(/\n[^\n]+\n$/, `\n${Buffer.alloc(32, 7).toString('base64')}\n`)

  test.each<[string, string, () => WitnessLie]>([
    ['a larger log than there is', 'AHEAD', () => () => ({ status: 409, type: 'text/x.tlog.size', body: '4711\n' })],
    ['another log', 'PROOF_REFUSED', () => () => ({ status: 422, body: '' })],
    [
      'another root',
      'COSIGNATURE_INVALID',
      () =>
        ({ text }) => ({ body: two.cosign(forked(text)) }),
    ],
    [
      'another size',
      'COSIGNATURE_INVALID',
      () =>
        ({ text }) => ({ body: two.cosign(text.replace('\n2\n', '\n1\n')) }),
    ],
    [
      'with the name of its key, signed with another one',
      'COSIGNATURE_INVALID',
      () =>
        ({ text }) => {
          const [, , mine = ''] = two.cosign(text).split(' ')
          const [, , theirs = ''] = cosign(text, two.key.name, other, now()).split(' ')
          const mixed = Buffer.concat([
            Buffer.from(mine, 'base64').subarray(0, 12),
            Buffer.from(theirs, 'base64').subarray(12),
          ])
          return { body: `\u2014 ${two.key.name} ${mixed.toString('base64')}\n` }
        },
    ],
    [
      'a good and a bad one',
      'COSIGNATURE_INVALID',
      () =>
        ({ text }) => ({ body: two.cosign(text) + two.cosign(forked(text)) }),
    ],
    [
      'another key',
      'KEY_OTHER',
      () =>
        ({ text }) => ({ body: `${cosign(text, two.key.name, other, now())}\n` }),
    ],
    [
      'another name',
      'KEY_OTHER',
      () =>
        ({ text }) => ({ body: one.cosign(text) }),
    ],
    [
      'tomorrow',
      'TIME_INVALID',
      () =>
        ({ text }) => ({ body: two.cosign(text, now() + 86_400) }),
    ],
    [
      'before the checkpoint',
      'TIME_INVALID',
      () =>
        ({ text }) => ({ body: two.cosign(text, now() - 86_400) }),
    ],
  ])('cosigns %s: %s', async (_what, failure, lie) => {
    const warn = vi.spyOn(ctx().log, 'warn')
    await fillLogs(ctx())
    two.lie = lie()
    await deliver()
    expect(await cosigners()).toEqual([one.key.name])
    expect(await viewOf(two)).toMatchObject({ state: 'REFUSED', size: 0, behind: 2, failure })
    expect(await viewOf(one)).toMatchObject({ state: 'COSIGNED' })
    expect(warn).toHaveBeenCalledWith(expect.objectContaining({ witness: two.key.name, failure }), expect.any(String))
  })

  test('cosigns an older checkpoint instead of the new one', async () => {
    const by = witnessing()
    await grow()
    await deliver(by)
    const older = two.requests[0]?.text ?? ''
    two.lie = () => ({ body: two.cosign(older) })
    await grow()
    await deliver(by)
    expect(await cosigners()).toEqual([one.key.name])
    expect(await viewOf(two)).toMatchObject({ state: 'REFUSED', failure: 'OLDER_CHECKPOINT', size: 3, behind: 1 })
  })

  test('says that it has cosigned less than it has, and is good again when it says otherwise', async () => {
    const info = vi.spyOn(ctx().log, 'info')
    const by = witnessing()
    await grow()
    await deliver(by)
    two.lie = () => ({ status: 409, type: 'text/x.tlog.size', body: '1\n' })
    await grow()
    await deliver(by)
    expect(await viewOf(two)).toMatchObject({ state: 'REFUSED', failure: 'WENT_BACK', failureDetail: '1', size: 3 })
    two.lie = () => null
    await deliverUntil(two, 3, by)
    expect(await viewOf(two)).toMatchObject({
      state: 'COSIGNED',
      failure: null,
      behindSince: null,
      nextAttemptAt: null,
    })
    expect(info).toHaveBeenCalledWith(expect.objectContaining({ witness: two.key.name }), expect.any(String))
  })

  test('is not asked with what it claims: a signed checkpoint of a log that went back shows that', async () => {
    // The log’s key signs a smaller log again, as after a backup that was restored.
    await grow(3)
    await deliver()
    const { keys } = await ctx().logKeys.read()
    const head = await findLog(ctx().db, instanceId)
    const key = keys[0]
    if (head === null || key === undefined) throw new Error('there is no log')
    const older = parseCheckpoint(one.requests[0] === undefined ? '' : signCheckpoint(one.requests[0].checkpoint, key))
    expect(older.size).toBe(5)
    one.seen.set(head.origin, { ...older, size: 9 })
    await grow()
    await deliver()
    expect(await viewOf(one)).toMatchObject({ state: 'REFUSED', failure: 'AHEAD', failureDetail: '9' })
  })
})

describe('a witness that does not work is behind', () => {
  test.each<[string, WitnessLie, { failure: WitnessFailure; failureDetail?: string }]>([
    ['an error', () => ({ status: 503, body: '' }), { failure: 'HTTP_STATUS', failureDetail: '503' }],
    [
      'a redirect',
      ({ text }, response) => {
        response.writeHead(307, { location: one.setting.split(' ')[1] }).end(two.cosign(text))
        return 'answered'
      },
      { failure: 'HTTP_STATUS', failureDetail: '307' },
    ],
    ['a page', () => ({ body: '<html>log on</html>\n' }), { failure: 'ANSWER_INVALID' }],
    ['nothing', () => ({ body: '' }), { failure: 'ANSWER_INVALID' }],
    [
      'a size in words',
      () => ({ status: 409, type: 'text/x.tlog.size', body: 'one\n' }),
      { failure: 'ANSWER_INVALID' },
    ],
    ['a size of another type', () => ({ status: 409, body: '1\n' }), { failure: 'ANSWER_INVALID' }],
    [
      'too much',
      ({ text }) => ({ body: two.cosign(text).repeat(1000) }),
      { failure: 'ANSWER_INVALID', failureDetail: 'too long' },
    ],
    ['no end', (_, response) => (response.write('\u2014 '), 'answered'), { failure: 'TIMEOUT' }],
    ['nothing at all', () => 'answered', { failure: 'TIMEOUT' }],
    ['a broken connection', (_, response) => (response.destroy(), 'answered'), { failure: 'UNREACHABLE' }],
    ['that it does not know the log', () => ({ status: 404, body: '' }), { failure: 'LOG_UNKNOWN' }],
    ['that it does not know the key', () => ({ status: 403, body: '' }), { failure: 'LOG_UNKNOWN' }],
    [
      'one size after the other',
      ({ old }) => ({ status: 409, type: 'text/x.tlog.size', body: `${(old + 1) % 3}\n` }),
      { failure: 'SIZE_UNSTABLE' },
    ],
    [
      'the size that it was sent',
      ({ old }) => ({ status: 409, type: 'text/x.tlog.size', body: `${old}\n` }),
      { failure: 'ANSWER_INVALID' },
    ],
  ])('when it answers %s', async (_what, lie, expected) => {
    const { failure } = expected
    await fillLogs(ctx())
    two.lie = lie
    await deliver(witnessing({ patienceMs: failure === 'TIMEOUT' ? 300 : 60_000 }))
    expect(await cosigners()).toEqual([one.key.name])
    expect(await viewOf(two)).toMatchObject({
      state: 'BEHIND',
      behind: 2,
      behindSince: expect.any(String) as string,
      ...expected,
    })
    expect(one.requests).toHaveLength(1)
    expect(two.requests.length).toBeLessThanOrEqual(3)
  })

  test('when nobody is there; and it is asked less and less often', async () => {
    two.lie = () => ({ status: 500, body: '' })
    const by = witnessing({ waits: { firstMs: 1_000, maxMs: 60_000 } })
    await fillLogs(ctx())
    const waits: number[] = []
    for (let failures = 1; failures <= 8; failures++) {
      const before = Date.now()
      await deliver(by)
      await deliver(by)
      expect(two.requests).toHaveLength(failures)
      const [row] = (await listLogWitnesses(ctx().db, instanceId)).filter(({ witness }) => witness === two.key.text)
      expect(row).toMatchObject({ failures })
      waits.push((row?.nextAttemptAt.getTime() ?? 0) - before)
      await ctx().db.prisma.logWitness.updateMany({ data: { nextAttemptAt: new Date(before - 1) } })
    }
    waits.forEach((wait, at) => {
      const whole = Math.min(60_000, 1_000 * 2 ** at)
      expect(wait).toBeGreaterThanOrEqual(whole / 2)
      expect(wait).toBeLessThan(whole + 5_000)
    })
    two.close()
    await deliver(by)
    expect(await viewOf(two)).toMatchObject({ failure: 'UNREACHABLE', failureDetail: 'ECONNREFUSED' })
  })

  test('its failures are in the log once, not at each attempt', async () => {
    const warn = vi.spyOn(ctx().log, 'warn')
    two.lie = () => ({ status: 500, body: '' })
    await fillLogs(ctx())
    await deliverUntil(two, 4)
    expect(warn).toHaveBeenCalledTimes(1)
  })

  test('a server that stops does not wait for it, and blames nobody', async () => {
    two.lie = () => 'answered'
    await fillLogs(ctx())
    const by = witnessing({ waitMs: 60_000 })
    await by.look(stop.signal)
    await expect.poll(() => listLogWitnesses(ctx().db, instanceId)).toHaveLength(1)
    await expect.poll(() => two.requests.length).toBe(1)
    stop.abort()
    await by.settled()
    expect((await listLogWitnesses(ctx().db, instanceId)).map(({ witness }) => witness)).toEqual([one.key.text])
  })
})

test('the count of leaves about a repository is of its path alone', async () => {
  await grow(3)
  const query = `?repositoryId=${doors.params.repositoryId}`
  const { json } = await doors.api.call('GET', operations.getTransparencyLog.path, doors.params, { query })
  expect(json).toMatchObject({ size: 5, repositoryLeaves: 4 })
  expect(await view()).toMatchObject({ repositoryLeaves: null })
  const none = await doors.api.call('GET', operations.getTransparencyLog.path, doors.params, {
    query: '?repositoryId=crr-x',
  })
  expect(none.status).toBe(404)
})
