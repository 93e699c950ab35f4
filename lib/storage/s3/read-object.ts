import type { IncomingMessage } from 'node:http'
import { setTimeout } from 'node:timers/promises'

import type { ByteRange } from '@/lib/domain/range'
import type { Bucket, OpenedObject } from './bucket'
import { isPassing } from './s3-error'

/**
 * The bytes of an opened object, or those of its part in `range`, chunk by chunk. When the connection breaks or falls
 * silent while the caller waits for it, it goes on at the next byte over another one; only so many times without
 * progress. Throws what the connection failed with. The caller must end it (`return`), or read it to the end.
 */
export async function* readObject(
  bucket: Bucket,
  key: string,
  opened: OpenedObject,
  range: ByteRange,
): AsyncGenerator<Buffer, void> {
  const { attempts, firstWaitMs, silenceMs } = bucket.client.patience
  let position = range.start
  let { response } = opened
  for (let failures = 0; ;) {
    const before = position
    try {
      for await (const chunk of awaited(response, silenceMs)) {
        if (position + chunk.byteLength > range.end + 1) throw new Error(`the S3 store sent too many bytes of ${key}`)
        position += chunk.byteLength
        yield chunk
      }
      if (position === range.end + 1) return
      throw new Error(`the S3 store sent ${position - range.start} bytes of ${range.end + 1 - range.start} of ${key}`)
    } catch (error) {
      response.destroy()
      failures = position > before ? 1 : failures + 1
      if (position > range.end + 1 || failures >= attempts || !isPassing(error)) throw error
      await setTimeout(firstWaitMs * 2 ** (failures - 1))
    }
    const again = await bucket.open(key, { start: position, end: range.end })
    response = again.response
    if (again.size !== opened.size) {
      response.destroy()
      throw new Error(`${key} has another size in the S3 store than before`)
    }
  }
}

/** The chunks of an answer. It breaks off when the store sends nothing for a time while the caller waits. */
async function* awaited(response: IncomingMessage, silenceMs: number): AsyncGenerator<Buffer, void> {
  let waitingSince: number | null = performance.now()
  const watch = setInterval(() => {
    if (waitingSince !== null && performance.now() - waitingSince > silenceMs) {
      response.destroy(new Error(`the S3 store sent nothing for ${silenceMs} ms`))
    }
  }, silenceMs / 4)
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      waitingSince = null
      yield chunk
      waitingSince = performance.now()
    }
  } finally {
    clearInterval(watch)
    response.destroy()
  }
}
