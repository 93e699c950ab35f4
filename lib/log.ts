import { pino, type Logger as PinoLogger } from 'pino'
import type { LogLevel } from './config'

/** The one logger's type. */
export type Logger = PinoLogger

/** Lines are written together once they are this long in all, in bytes: a system call each costs as much as the line. */
const bufferBytes = 4096

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

/** The logger for lines of a fixed form, without the search for credentials that would cost more than the line itself. */
export function withoutRedaction(log: Logger): Logger {
  return log.child({}, { redact: [] })
}

function openOutput() {
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
      if (this.lastLevel >= warnLevel) output.flushSync()
    },
    flushSync: () => output.flushSync(),
  }
}
