import { closeSync, openSync } from 'node:fs'

/**
 * Creates an empty file for its owner only, if it is missing. Does not open an existing one. Reports no error: whoever
 * opens the file afterwards explains it better.
 */
export function createPrivateFile(file: string): void {
  try {
    closeSync(openSync(file, 'wx', 0o600))
  } catch {
    // It exists, or cannot be created.
  }
}
