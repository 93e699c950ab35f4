import { type Server, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, inject, test } from 'vitest'
import { createLogHandler } from '@/lib/log-door/handler'
import { fillLogs } from '@/lib/testing/fill-logs'
import { type TestDoors, openTestDoors } from '@/lib/testing/test-doors'
import { accessKey } from '@/lib/testing/test-api'
import type { Context } from '@/lib/context'
import type { MainClient } from './main-client'
import { openReaderContext } from './reader-context'

/*
 * A reader answers for transparency logs what the main process of the same SQLite database does, and leaves to it what it
 * cannot do: guesses of secrets, sessions, and long pages.
 */

const passedOn = 555
const files = ['checkpoint', 'tile/0/000.p/3', 'tile/entries/000.p/3']
const key = { authorization: `Basic ${btoa(`${accessKey.id}:${accessKey.secret}`)}` }

let doors: TestDoors
let main: string
let reader: string
/** How the main process answers what is passed on. */
let statusOfMain: number
const closers: (() => unknown)[] = []

beforeEach(async ({ skip }) => {
  if (inject('provider') !== 'sqlite') skip('readers read PostgreSQL as the main process does')
  doors = await openTestDoors()
  const { bytes } = await doors.registry.image('one')
  await doors.registry.pushManifest('v1', bytes)
  await fillLogs(doors.registry.ctx)
  const ctx = await openReaderContext(doors.registry.ctx.config, {} as unknown as MainClient)
  main = await serve(doors.registry.ctx)
  reader = await serve(ctx)
  statusOfMain = 200
  closers.push(
    () => ctx.db.close(),
    () => doors.close(),
  )
})
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

async function serve(ctx: Context): Promise<string> {
  const handle = createLogHandler(ctx)
  const server: Server = createServer((request, response) => {
    handle(request, response, undefined, ({ noteAnswer }) => {
      noteAnswer?.(statusOfMain)
      response.writeHead(passedOn).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closers.push(
    () => server.closeAllConnections(),
    () => server.close(),
  )
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/log/example/`
}

async function get(base: string, path: string, headers: Record<string, string> = {}) {
  const answer = await fetch(base + path, { headers })
  const { 'cache-control': caching, vary } = Object.fromEntries(answer.headers)
  return { status: answer.status, body: Buffer.from(await answer.arrayBuffer()).toString('hex'), caching, vary }
}

const setPublic = (isLogPublic: boolean) => doors.registry.ctx.db.prisma.instance.updateMany({ data: { isLogPublic } })

test('a public log, as the main process answers it, and only while it is public', async () => {
  await setPublic(true)
  for (const path of files) {
    const answer = await get(reader, path)
    expect([path, answer]).toEqual([path, await get(main, path)])
    expect(answer.status).toBe(200)
  }
  expect((await get(reader, 'tile/0/001')).status).toBe(404)
  await setPublic(false)
  for (const path of files) expect((await get(reader, path)).status).toBe(401)
})

test('with an access key that the main process has let in, until it is disabled or may not any more', async () => {
  for (const path of files) {
    await get(reader, path, key)
    const answer = await get(reader, path, key)
    expect([path, answer]).toEqual([path, await get(main, path, key)])
    expect(answer.status).toBe(200)
  }
  const { prisma } = doors.registry.ctx.db
  await prisma.user.updateMany({ data: { role: 'MEMBER' } })
  expect((await get(reader, 'checkpoint', key)).status).toBe(404)
  await prisma.accessKey.updateMany({ data: { isDisabled: true } })
  expect((await get(reader, 'checkpoint', key)).status).toBe(401)
})

test('a key that the main process refuses is asked for again', async () => {
  statusOfMain = 401
  expect((await get(reader, 'checkpoint', key)).status).toBe(passedOn)
  expect((await get(reader, 'checkpoint', key)).status).toBe(passedOn)
})

test('sessions and what is served are left to the main process', async () => {
  await setPublic(true)
  for (const path of ['served/tags', 'served/policies', 'served/ledger', 'served/progress']) {
    expect((await get(reader, path)).status).toBe(passedOn)
    expect((await get(main, path)).status).toBe(200)
  }
  const port = new URL(reader).port
  expect((await get(reader, 'checkpoint', { cookie: `stele_session_${port}=abc` })).status).toBe(passedOn)
})
