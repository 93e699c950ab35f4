import { pino, type Logger as PinoLogger } from 'pino'
import type { LogLevel } from './config'

/** The one logger's type. */
export type Logger = PinoLogger

/** Lines are written together once they are this long in all, in bytes: a system call each costs as much as the line. */
const bufferBytes = 8 * 1024

/** Longest that a line waits for others, in milliseconds. */
const flushIntervalMs = 100

/** The level of pino's `warn`. */
const warnLevel = 40

/**
 * Makes the logger: JSON lines on standard output; fields that carry credentials never pass.
 *
 * A warning or worse is written before the call returns, with all lines before it, so that no crash loses it. Lesser
 * lines wait a moment for others, also when the process ends by itself; `kill -9` may lose those.
 */
export function createLogger(level: LogLevel): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: {
        paths: ['*.authorization', '*.cookie', '*["set-cookie"]', '*.password', '*.secret'],
        censor: '[redacted]',
      },
    },
    level === 'silent' ? { write: () => undefined } : openOutput(),
  )
}

/**
 * Makes the function that writes lines whose fields are JSON text already, `"name":value,…`, as the logger would. For the
 * line of a request: the logger's search for credentials alone costs a tenth of a small request.
 */
export function createLineWriter(log: Logger): (level: 'debug' | 'info', fields: string, message: string) => void {
  const stream = (log as Logger & { [pino.symbols.streamSym]: Output })[pino.symbols.streamSym]
  return (level, fields, message) => {
    if (!log.isLevelEnabled(level)) return
    stream.lastLevel = log.levels.values[level]
    stream.write(`{"level":"${level}","time":"${isoTime()}",${fields},"msg":"${message}"}\n`)
  }
}

/** Where lines go. */
interface Output {
  /** Level of the line that is written next. */
  lastLevel?: number | undefined
  write(line: string): void
}

let lastMs = 0
let lastTime = ''

/** Now. Lines of one millisecond have the same text. */
function isoTime(): string {
  const now = Date.now()
  if (now !== lastMs) {
    lastMs = now
    lastTime = new Date(now).toISOString()
  }
  return lastTime
}

function openOutput(): Output & { flushSync: () => void } {
  const output = pino.destination({
    dest: 1,
    sync: true,
    minLength: bufferBytes,
    periodicFlush: flushIntervalMs,
  })
  process.on('exit', () => output.flushSync())
  return {
    /** Asks pino to set `lastLevel` before each write. */
    [Symbol.for('pino.metadata')]: true,
    lastLevel: 0,
    write(line: string): void {
      output.write(line)
      if ((this.lastLevel ?? 0) >= warnLevel) output.flushSync()
    },
    flushSync: () => output.flushSync(),
  }
}
