import path from 'node:path'
import type { MetricObject } from 'prom-client'
import type { Load } from './connection-load'

/** The metrics of a process, as its registry gives them. */
export type MetricsOfProcess = readonly MetricObject[]

/** What the supervisor tells a process. */
export type Order =
  /** Take the connection that comes with this message, and confirm it. */
  | { readonly type: 'take'; readonly connection: number }
  /** Serve everything, but say that the server stops. */
  | { readonly type: 'drain' }
  /** Stop when the requests that run have ended. */
  | { readonly type: 'stop' }
  /** Stop now. */
  | { readonly type: 'hurry' }
  /** To the main process, which stops: no client of a reader is in the middle of an upload any more. */
  | { readonly type: 'uploads ended' }
  /** To the main process: no reader needs it any more. */
  | { readonly type: 'readers ended' }
  /** To a reader: report the metrics. */
  | { readonly type: 'collect'; readonly request: number }
  /** To the main process: the metrics that it asked for. */
  | { readonly type: 'collected'; readonly request: number; readonly report: ReadersReport }

/** What a process tells the supervisor. */
export type Report =
  /** It takes connections. */
  | { readonly type: 'open' }
  /** It has the connection, and so many with it. */
  | { readonly type: 'taken'; readonly connection: number; readonly load: Load }
  /** How many connections it has, after some have ended. */
  | { readonly type: 'load'; readonly load: Load }
  /** It takes no more connections: the server ends. */
  | { readonly type: 'closed' }
  /** A reader, which stops: none of its clients is in the middle of an upload any more. */
  | { readonly type: 'uploads ended' }
  /** It serves all requests. */
  | { readonly type: 'ready' }
  /** The main process asks for the readers' metrics. */
  | { readonly type: 'collect'; readonly request: number }
  /** A reader's metrics. */
  | { readonly type: 'metrics'; readonly request: number; readonly metrics: MetricsOfProcess }

/** The metrics of a reader. */
export interface ReaderMetrics {
  /** Another one after each start. */
  readonly reader: number
  readonly metrics: MetricsOfProcess
}

/** The metrics of the readers. */
export interface ReadersReport {
  /** The readers that run. */
  readonly running: readonly number[]
  /** Of those that have answered in time. */
  readonly metrics: readonly ReaderMetrics[]
}

/** Which process of the server this is. */
export type Role = 'main' | 'reader'

/** What the supervisor starts a process with, as its arguments. */
export interface Assignment {
  readonly role: Role
  /** The folder of the sockets on which the main process listens for the readers. Only the server's user may open it. */
  readonly socketFolder: string
  /** The port that the supervisor listens on. */
  readonly port: number
  /** Whether the process replaces one that ended unexpectedly. */
  readonly isAgain: boolean
}

/** The arguments of a process. */
export function toArguments({ role, socketFolder, port, isAgain }: Assignment): string[] {
  return [role, socketFolder, String(port), isAgain ? 'again' : 'first']
}

/** What `toArguments` has made arguments of; null for other arguments. */
export function readArguments([role, socketFolder = '', port = '', start]: readonly string[]): Assignment | null {
  if (role !== 'main' && role !== 'reader') return null
  return { role, socketFolder, port: Number(port), isAgain: start === 'again' }
}

/** The sockets in that folder: for requests of clients, and for what readers ask themselves. */
export function socketsIn(folder: string): { readonly relay: string; readonly services: string } {
  return { relay: path.join(folder, 'relay.sock'), services: path.join(folder, 'services.sock') }
}
