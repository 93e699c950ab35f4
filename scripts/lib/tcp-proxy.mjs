// A network between a client and a server on this machine, for tests: it passes everything on until it is told otherwise.
import { createServer, connect } from 'node:net'
import { setTimeout } from 'node:timers'

/**
 * @typedef {object} TcpProxy
 * @property {number} port
 * @property {() => void} pass Passes everything on, also what was held.
 * @property {() => void} cut Resets all connections, and new ones at once.
 * @property {() => void} swallow Passes nothing on and closes nothing: neither side is told anything.
 * @property {(port: number) => void} switchTo Resets all connections; new ones lead to another port.
 * @property {(ms: number) => void} delay Holds everything that the server sends for so long.
 * @property {() => Promise<void>} close
 */

/**
 * Starts a proxy that leads to a port of this machine.
 * @param {number} target
 * @returns {Promise<TcpProxy>}
 */
export async function startTcpProxy(target) {
  /** @type {'pass' | 'cut' | 'swallow'} */
  let mode = 'pass'
  let delayMs = 0
  /** @type {Set<import('node:net').Socket>} */
  const sockets = new Set()
  const reset = () => {
    for (const socket of sockets) socket.resetAndDestroy()
  }
  /**
   * @param {import('node:net').Socket} from
   * @param {import('node:net').Socket} to
   * @param {() => number} heldMs
   */
  const join = (from, to, heldMs) => {
    sockets.add(from)
    from.once('close', () => {
      sockets.delete(from)
      to.destroy()
    })
    from.on('error', () => to.destroy())
    from.on('end', () => to.end())
    from.on('data', (chunk) => {
      if (heldMs() > 0) setTimeout(() => to.write(chunk), heldMs())
      else if (!to.write(chunk)) {
        from.pause()
        to.once('drain', () => mode !== 'swallow' && from.resume())
      }
    })
    if (mode === 'swallow') from.pause()
  }
  const server = createServer({ allowHalfOpen: true }, (client) => {
    if (mode === 'cut') {
      client.on('error', () => undefined)
      client.resetAndDestroy()
      return
    }
    const onward = connect({ port: target, host: '127.0.0.1', allowHalfOpen: true })
    join(client, onward, () => 0)
    join(onward, client, () => delayMs)
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)))
  const address = /** @type {import('node:net').AddressInfo} */ (server.address())
  return {
    port: address.port,
    pass() {
      mode = 'pass'
      delayMs = 0
      for (const socket of sockets) socket.resume()
    },
    cut() {
      mode = 'cut'
      reset()
    },
    swallow() {
      mode = 'swallow'
      for (const socket of sockets) socket.pause()
    },
    switchTo(port) {
      target = port
      reset()
    },
    delay(ms) {
      delayMs = ms
    },
    close() {
      reset()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}
