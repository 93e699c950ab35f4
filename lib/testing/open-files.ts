import { readdirSync, readlinkSync } from 'node:fs'

/** The files and folders below `folder` that this process has open, by their paths. Linux only: it reads `/proc`. */
export function openFilesIn(folder: string): string[] {
  const targets = readdirSync('/proc/self/fd').map((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`)
    } catch {
      return '' // the descriptor that listed them
    }
  })
  return targets.filter((target) => target.startsWith(folder))
}
