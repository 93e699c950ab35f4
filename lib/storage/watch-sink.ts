import type { Writable } from 'node:stream'

/** Writes a chunk, and resolves when the sink is done with its memory. */
export function writeTo(sink: Writable, chunk: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    sink.write(chunk, (error) => {
      if (error) reject(error)
      else resolve()
    })
  })
}

/**
 * A promise that rejects when `sink` fails or closes. The write callbacks are not enough: an HTTP response whose client
 * disconnected may never call them. It keeps listening after a failure, because a sink may report one failure several
 * times and an `error` event without a listener would end the process.
 */
export function watchFailure(sink: Writable): { failure: Promise<never>; stop: () => void } {
  let stop = () => {}
  const failure = new Promise<never>((_resolve, reject) => {
    const onClose = () => reject(prematureClose())
    sink.on('error', reject).on('close', onClose)
    stop = () => sink.off('error', reject).off('close', onClose)
  })
  return { failure, stop }
}

function prematureClose(): Error {
  return Object.assign(new Error('the sink closed early'), { code: 'ERR_STREAM_PREMATURE_CLOSE' })
}
