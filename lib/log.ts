import { pino, type Logger as PinoLogger } from 'pino'
import { prettyFactory } from 'pino-pretty'
import type { LogFormat, LogLevel } from './config'

/** The type of the process's logger. */
export type Logger = PinoLogger

/** Buffered bytes that trigger a write. A system call for each line would cost as much as the line itself. */
const bufferBytes = 8 * 1024

/** Maximum time that a line stays in the buffer, in milliseconds. */
const flushIntervalMs = 100

/** The level of pino's `warn`. */
const warnLevel = 40

/**
 * Creates the logger: lines on standard output, JSON or text; fields that carry credentials are redacted.
 *
 * A warning or worse is written before the call returns, with all lines before it, so that no crash loses it. Lines of
 * lower levels are buffered briefly and written when the process exits; `kill -9` may lose them.
 */
export function createLogger(level: LogLevel, format: LogFormat = 'json'): Logger {
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
    level === 'silent' ? { write: () => undefined } : openOutput(format),
  )
}

/**
 * Returns a function that writes a line in the logger's format from fields that are already JSON text,
 * `"name":value,…`. It is for request lines: the logger's search for credentials alone costs a tenth of a small
 * request.
 */
export function createLineWriter(log: Logger): (level: 'debug' | 'info', fields: string, message: string) => void {
  const stream = (log as Logger & { [pino.symbols.streamSym]: Output })[pino.symbols.streamSym]
  return (level, fields, message) => {
    if (!log.isLevelEnabled(level)) return
    stream.lastLevel = log.levels.values[level]
    stream.write(`{"level":"${level}","time":"${isoTime()}",${fields},"msg":"${message}"}\n`)
  }
}

/** The stream that lines are written to. */
interface Output {
  /** Level of the next line. */
  lastLevel?: number | undefined
  write(line: string): void
}

let lastMs = 0
let lastTime = ''

/** Returns the current time, ISO 8601. The text is cached for one millisecond. */
function isoTime(): string {
  const now = Date.now()
  if (now !== lastMs) {
    lastMs = now
    lastTime = new Date(now).toISOString()
  }
  return lastTime
}

function openOutput(format: LogFormat): Output & { flushSync: () => void } {
  const output = pino.destination({
    dest: 1,
    sync: true,
    minLength: bufferBytes,
    periodicFlush: flushIntervalMs,
  })
  process.on('exit', () => output.flushSync())
  const toText = prettyFactory({ colorize: process.stdout.isTTY, singleLine: true, translateTime: 'SYS:HH:MM:ss' })
  return {
    /** Asks pino to set `lastLevel` before each write. */
    [Symbol.for('pino.metadata')]: true,
    lastLevel: 0,
    write(line: string): void {
      output.write(format === 'json' ? line : toText(line))
      if ((this.lastLevel ?? 0) >= warnLevel) output.flushSync()
    },
    flushSync: () => output.flushSync(),
  }
}
