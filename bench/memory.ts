import { setTimeout } from 'node:timers/promises'
import { type Request, onConnections } from './client'
import { hasSpace } from './machine'
import { type Operation, smallReads, smallWrites, upload } from './operations'
import type { Registry } from './registry'
import { cpuText, rateText } from './comparison'
import { sampleOf } from './measure'
import { numberText, print, printTable, verdict } from './report'

const gibibyte = 1024 ** 3

/** How long a registry is left alone before its memory at rest is read. */
const restMs = 5000

/** How often memory is read during an operation. */
const sampleMs = 250

/** How many lines the course of memory has. */
const lines = 12

/** Prints the memory of each registry before its first request. The others rest meanwhile. */
export async function printMemoryAtRest(registries: readonly Registry[]): Promise<void> {
  await setTimeout(restMs)
  const rows = []
  for (const registry of registries) {
    const mebibytes = await registry.memoryMiB()
    const target = registry.kind === 'stele' ? `under 250 MiB, ${verdict(mebibytes < 250)}` : ''
    rows.push([registry.name, `${numberText(mebibytes)} MiB`, target])
  }
  printTable(['memory at rest', 'PSS of all processes', 'target'], rows)
}

/**
 * Prints the peak of memory while sixteen large blobs are pushed in parallel: once, because it writes much. Stops each
 * registry afterwards, so that its 16 GiB are removed.
 */
export async function printMemoryOfUploads(registries: readonly Registry[]): Promise<void> {
  const operation = upload(16, 1024)
  const rows = []
  for (const registry of registries) {
    if (!(await hasSpace(20 * gibibyte))) {
      print('\nThe memory of large uploads is not measured: it needs 20 GiB of free space.')
      return
    }
    const { sample, peakMiB } = await peakOf(operation, registry)
    await registry.stop()
    const target = registry.kind === 'stele' ? `under 500 MiB, ${verdict(peakMiB < 500)}` : ''
    const texts = [rateText(operation, sample.rate), cpuText(operation, sample.cpuSeconds)]
    rows.push([registry.name, ...texts, `${numberText(peakMiB)} MiB`, target])
  }
  printTable([operation.name, 'rate', 'CPU', 'peak of PSS', 'target'], rows)
}

/** How many small requests a second are sent while the course of memory is measured: an hour must not fill the disk. */
const pace = 500

/** How many connections send them: reads and writes. */
const [readers, writers] = [12, 4]

/** Prints the course of memory during `minutes` of small requests. It is flat if its second half does not grow. */
export async function printMemoryOverTime(registry: Registry, minutes: number): Promise<void> {
  const start = performance.now()
  const end = start + minutes * 60_000
  let count = 0
  const send = (to: Registry, connections: number, next: () => Request) =>
    onConnections(to, connections, async (connection) => {
      for (let due = performance.now(); due < end; due += ((readers + writers) / pace) * 1000) {
        await setTimeout(Math.max(0, due - performance.now()))
        await connection.send(next())
        count += 1
      }
    })
  const [read, write] = [await smallReads(registry), await smallWrites(registry)]
  const requests = Promise.all([send({ ...registry, headers: {} }, readers, read), send(registry, writers, write)])
  const course: { minute: number; mebibytes: number; count: number }[] = []
  for (let line = 1; line <= lines; line++) {
    await setTimeout(Math.max(0, start + (line * minutes * 60_000) / lines - performance.now() - sampleMs))
    course.push({ minute: (line * minutes) / lines, mebibytes: await registry.memoryMiB(), count })
  }
  await requests
  printTable(
    [`${pace} small requests a second to ${registry.name}, minute`, 'requests', 'PSS of all processes'],
    course.map(({ minute, mebibytes, count }) => [
      numberText(minute),
      count.toLocaleString('en'),
      `${numberText(mebibytes)} MiB`,
    ]),
  )
  const half = course.slice(lines / 2)
  const grown = (half.at(-1)?.mebibytes ?? NaN) / (half[0]?.mebibytes ?? NaN) - 1
  print(
    `\nIn the second half it grew by ${(grown * 100).toFixed(1)} %; target: flat (at most 5 %), ${verdict(grown <= 0.05)}`,
  )
}

async function peakOf(operation: Operation, registry: Registry) {
  let peakMiB = 0
  const ended = new AbortController()
  const watching = (async () => {
    while (!ended.signal.aborted) {
      peakMiB = Math.max(peakMiB, await registry.memoryMiB())
      await setTimeout(sampleMs)
    }
  })()
  const sample = await sampleOf(operation, registry)
  ended.abort()
  await watching
  return { sample, peakMiB }
}
