import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { AppError } from '@/lib/domain/errors'
import { CredentialUses } from '@/lib/auth/use/credential-uses'
import { createLogger } from '@/lib/log'
import { type TestRegistry, startTestRegistry } from '@/lib/testing/test-registry'

const minute = 60_000

let registry: TestRegistry
let close: () => Promise<void>
let digest: string

/** Writes nothing at the turn of a minute. */
class UnnotedUses extends CredentialUses {
  override note(): void {}
}

/** The transactions of plain SQL: of these requests, only the mark is one. */
function watchMarks() {
  return vi.spyOn(registry.ctx.db, 'sqlTransaction')
}

beforeEach(async () => {
  ;({ registry, close } = await startTestRegistry({}, { credentialUses: new UnnotedUses(createLogger('silent')) }))
  digest = await registry.pushBlob('content')
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
    const mark = watchMarks()
    expect(await ask('HEAD', 61)).toEqual({ status: 200, isMarked: true })
    expect(await ask('HEAD', 59)).toEqual({ status: 200, isMarked: false })
    expect(mark).toHaveBeenCalledOnce()
  })

  test('marks it more often where the grace period is short', async () => {
    Object.assign(registry.ctx.config.maintenance, { graceHours: 1 })
    expect(await ask('HEAD', 16)).toEqual({ status: 200, isMarked: true })
    expect(await ask('HEAD', 14)).toEqual({ status: 200, isMarked: false })
  })

  test('is answered although the mark cannot be made', async () => {
    const mark = watchMarks().mockRejectedValueOnce(new AppError('STORAGE_FULL'))
    expect(await ask('HEAD', 61)).toEqual({ status: 200, isMarked: false })
    expect(mark).toHaveBeenCalledOnce()
  })
})

test('pulling a blob does not mark it', async () => {
  expect(await ask('GET', 10_000)).toEqual({ status: 200, isMarked: false })
})
