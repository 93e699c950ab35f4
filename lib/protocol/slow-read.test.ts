import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestDoors, openTestDoors } from '@/lib/testing/test-doors'

/* What the console, the REST API and jobs read does not keep pulls and pushes waiting, however long it takes. */

let doors: TestDoors

beforeAll(async () => {
  doors = await openTestDoors()
})
afterAll(() => doors.close())

test('a manifest and a tag are pushed, pulled and listed while a read of the console runs', async () => {
  const { registry } = doors
  const image = await registry.image('slow')
  const order: string[] = []
  const note = (name: string, read: Promise<unknown>) => read.then(() => order.push(name))
  const slow = registry.ctx.db.read.$queryRaw`
    WITH RECURSIVE n("i") AS (SELECT 1 UNION ALL SELECT "i" + 1 FROM n WHERE "i" < 5000000)
    SELECT count(*) AS "count" FROM n`
  const reading = note('console', slow)
  const pushed = await registry.pushManifest('v1', image.bytes)
  const pulled = await registry.send('GET', '/v2/test/example/manifests/v1')
  const listed = await registry.send('GET', '/v2/test/example/tags/list')
  order.push('registry')
  expect([pushed.status, pulled.status, listed.status]).toEqual([201, 200, 200])
  await reading
  expect(order).toEqual(['registry', 'console'])
})
