import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { test } from '@playwright/test'

/** Skips the running test, with the reason, unless these commands are installed. On CI it fails instead. */
export function requireCommands(...commands: string[]): void {
  const missing = commands.filter((command) => !isInstalled(command))
  if (missing.length > 0) giveUp(`${missing.join(' and ')} not installed`)
}

/** Skips the running test unless it runs as root, as which alone a client can keep its images apart from the user's. */
export function requireRoot(): void {
  if (process.getuid?.() !== 0) giveUp('needs root')
}

/** Skips the running test, with the reason. On CI it fails instead. */
export function giveUp(reason: string): void {
  if (process.env['CI'] === 'true') throw new Error(`${reason}, and on CI nothing is skipped`)
  test.skip(true, reason)
}

function isInstalled(command: string): boolean {
  // dockerd is in /usr/sbin, which is not on everybody's path.
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin']
  return folders.some((folder) => {
    try {
      accessSync(join(folder, command), constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}
