import { readFile } from 'node:fs/promises'

/** The processes that the process `pid` has started and that run. None where the system has no `/proc`. */
export async function listChildren(pid: number): Promise<number[]> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '')
  return text.split(' ').filter(Boolean).map(Number)
}

/** The process `pid` and all that come from it. */
export async function listTree(pid: number): Promise<number[]> {
  const below = await Promise.all((await listChildren(pid)).map(listTree))
  return [pid, ...below.flat()]
}

/** Ends a process with kill -9, if it has not ended already. */
export function endAtOnce(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
