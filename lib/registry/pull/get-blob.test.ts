import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { AppError } from '@/lib/domain/errors'
import { markLinkSeen } from '@/lib/metadata/garbage'
import { type TestRegistry, startTestRegistry } from '@/lib/testing/test-registry'

vi.mock('@/lib/metadata/garbage', { spy: true })

const minute = 60_000

let registry: TestRegistry
let close: () => Promise<void>
let digest: string

beforeEach(async () => {
  ;({ registry, close } = await startTestRegistry())
  digest = await registry.pushBlob('content')
  vi.mocked(markLinkSeen).mockClear()
})
afterEach(() => close())

async function ask(method: 'HEAD' | 'GET', seenMinutesAgo: number) {
  const seenAt = new Date(Date.now() - seenMinutesAgo * minute)
  await registry.ctx.db.prisma.repositoryBlob.updateMany({ data: { seenAt } })
  const { status } = await registry.send(method, `/v2/test/example/blobs/${digest}`)
  const link = await registry.ctx.db.prisma.repositoryBlob.findFirstOrThrow()
  return { status, isMarked: link.seenAt.getTime() > seenAt.getTime() }
}

describe('asking whether a blob is there', () => {
  test('marks it as seen, once an hour', async () => {
    expect(await ask('HEAD', 61)).toEqual({ status: 200, isMarked: true })
    expect(await ask('HEAD', 59)).toEqual({ status: 200, isMarked: false })
    expect(markLinkSeen).toHaveBeenCalledOnce()
  })

  test('marks it more often where the grace period is short', async () => {
    Object.assign(registry.ctx.config.maintenance, { graceHours: 1 })
    expect(await ask('HEAD', 16)).toEqual({ status: 200, isMarked: true })
    expect(await ask('HEAD', 14)).toEqual({ status: 200, isMarked: false })
  })

  test('is answered although the mark cannot be made', async () => {
    vi.mocked(markLinkSeen).mockRejectedValueOnce(new AppError('STORAGE_FULL'))
    expect(await ask('HEAD', 61)).toEqual({ status: 200, isMarked: false })
    expect(markLinkSeen).toHaveBeenCalledOnce()
  })
})

test('pulling a blob does not mark it', async () => {
  expect(await ask('GET', 10_000)).toEqual({ status: 200, isMarked: false })
})
