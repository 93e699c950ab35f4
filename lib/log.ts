import { pino, type Logger as PinoLogger } from 'pino'
import type { LogLevel } from './config'

/** The one logger's type. */
export type Logger = PinoLogger

/** Makes the logger: JSON lines on standard output; headers that carry credentials never pass. */
export function createLogger(level: LogLevel): Logger {
  return pino({
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: {
      paths: ['*.authorization', '*.cookie', '*["set-cookie"]', '*.password', '*.secret'],
      censor: '[redacted]',
    },
  })
}
