import { Socket } from 'node:net'
import type { ClientBase, ClientConfig, PoolClient } from 'pg'

/*
 * How connections to PostgreSQL begin, and how they end when the other side does not say so: a machine that is gone, a
 * network that swallows everything, an address that now leads to another server (docs/decisions/0040-machines.md).
 */

/** How long to wait for a connection, in milliseconds: then a request is answered UNAVAILABLE. */
const connectTimeoutMs = 5_000

/** How long one statement may take, in milliseconds: a database that hangs must not hang the registry. */
export const statementTimeoutMs = 30_000

/** How long a connection may be silent while a statement runs, in milliseconds: longer than a statement takes. */
const silenceMs = statementTimeoutMs + 2_000

/** How often an idle connection is probed, in milliseconds. */
const keepAliveMs = 10_000

/**
 * What PostgreSQL does with a connection whose other side is gone or stands still: within 30 seconds it ends it, and with
 * it the locks that other servers wait for. Without these settings that takes two hours.
 */
const sessionSettings: Readonly<Record<string, string>> = {
  tcp_keepalives_idle: '15',
  tcp_keepalives_interval: '5',
  tcp_keepalives_count: '3',
  tcp_user_timeout: '30s',
  client_connection_check_interval: '10s',
  idle_in_transaction_session_timeout: '30s',
}

/** The settings that every connection begins with. */
export function connectionSettings(url: string): ClientConfig {
  return {
    connectionString: url,
    connectionTimeoutMillis: connectTimeoutMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: keepAliveMs,
    stream: () => {
      // node-postgres gives up a statement that takes too long, but leaves its connection to the next one, which waits
      // again. A socket that hears nothing for longer ends the connection.
      const socket = new Socket()
      return socket.setTimeout(silenceMs, () => socket.destroy(new Error('the database was silent for too long')))
    },
  }
}

/**
 * Prepares a new connection. Rejects on a server that takes no writes: it may be a standby, which is behind and would
 * answer that there is nothing where there is something.
 */
export async function beginSession(client: ClientBase, more: Readonly<Record<string, string>> = {}): Promise<void> {
  const settings = Object.entries({ ...sessionSettings, ...more })
  const set = settings.map((_, n) => `set_config($${2 * n + 1}, $${2 * n + 2}, false)`).join(', ')
  const text = `SELECT current_setting('transaction_read_only') AS "readOnly", ${set}`
  const question = { text, values: settings.flat(), query_timeout: connectTimeoutMs }
  const { rows } = await client.query<{ readOnly: string }>(question)
  if (rows[0]?.readOnly === 'on') throw new ReadOnlyServer()
}

/**
 * What is sent on a connection goes out in one piece with what promises that are settled now send after it: writing to a
 * socket costs as much as the rest of a statement.
 */
export function sendTogether({ connection: { stream } }: PoolClient): void {
  if (stream.writableCorked > 0) return
  stream.cork()
  // A tick that is asked for while promises go on comes after all of them.
  queueMicrotask(() => process.nextTick(() => stream.uncork()))
}

/** SQLSTATE of "read only sql transaction" (PostgreSQL, appendix A). */
const readOnlyState = '25006'

/** The server takes no writes. In the form of an error of PostgreSQL, so that it is treated as one. */
class ReadOnlyServer extends Error {
  readonly code = readOnlyState
  readonly severity = 'FATAL'

  constructor() {
    super('this PostgreSQL server takes no writes: it is a standby, or is set to read only')
  }
}

/**
 * Whether a connection can be used after this error: PostgreSQL has answered, and it is not that it takes no writes any
 * more.
 */
export function isUsableAfter(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code
  // 57P01 to 57P05: the server is ending the connection.
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) && code !== readOnlyState && !code.startsWith('57P')
}
