import { connect } from 'node:net'

/**
 * Sends these bytes to a server over a connection of their own, and resolves with all that comes back once the server
 * has ended it. Bytes are written as they are: this is how to send what no HTTP client would.
 */
export function exchangeRaw(port: number, ...parts: (string | Uint8Array)[]): Promise<string> {
  return exchange(port, parts, null)
}

/** Like `exchangeRaw`, but sends `body` only when the server has said "100 Continue". */
export function exchangeWaiting(port: number, head: string, body: string): Promise<string> {
  return exchange(port, [head], body)
}

function exchange(port: number, parts: readonly (string | Uint8Array)[], awaited: string | null): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    let received = ''
    socket.setEncoding('latin1').on('data', (text: string) => {
      if (awaited !== null && received === '' && text.startsWith('HTTP/1.1 100 ')) socket.write(awaited)
      received += text
    })
    socket.once('error', reject).once('end', () => resolve(received))
    for (const part of parts) socket.write(part)
  })
}

/** The status codes of the answers in `text`, in their order. */
export function statusesIn(text: string): number[] {
  return [...text.matchAll(/HTTP\/1\.1 ([0-9]{3}) /g)].map(([, status]) => Number(status))
}
