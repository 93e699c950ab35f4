import { Transform, type TransformCallback } from 'node:stream'
import type { Digest } from '@/lib/domain/digest'
import type { Context } from '@/lib/context'
import { checkWhileReading } from '@/lib/registry/pull/check-while-reading'

/**
 * The bytes of a blob, read as they are taken and in bounded memory. The blob is opened with the first piece, so that
 * nothing stays open when none is taken. Throws BLOB_UNKNOWN, and UNAVAILABLE before the last piece when the bytes do
 * not match the digest.
 */
export async function* streamBlob(ctx: Context, digest: Digest): AsyncGenerator<Uint8Array> {
  const reader = await checkWhileReading(ctx, digest, await ctx.blobs.read(digest))
  // The reader writes into the same memory again.
  const copying = new Transform({
    transform(chunk: Buffer, _encoding, done: TransformCallback) {
      done(null, Buffer.from(chunk))
    },
  })
  const piping = reader.pipeTo(copying).then(
    () => copying.end(),
    (err: unknown) => copying.destroy(err as Error),
  )
  try {
    yield* copying as AsyncIterable<Uint8Array>
  } finally {
    copying.destroy()
    await piping
  }
}
