import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'

/** Clock ticks of proc(5) stat, as all usual kernels have them. */
const ticksPerSecond = 100

/** Fields of proc(5) stat behind the name of the program, by their index there. */
const field = { parent: 1, user: 11, system: 12, userOfChildren: 13, systemOfChildren: 14 }

/**
 * CPU time that processes and all their descendants have used, in seconds, with that of descendants that have ended.
 * Its resolution is a hundredth of a second.
 */
export async function readCpuSeconds(roots: readonly number[]): Promise<number> {
  const tree = await readTree(roots)
  const ticks = tree.flatMap(({ fields }) =>
    [field.user, field.system, field.userOfChildren, field.systemOfChildren].map((index) => Number(fields[index])),
  )
  return ticks.reduce((sum, value) => sum + value, 0) / ticksPerSecond
}

/**
 * Memory of processes and all their descendants in MiB: the sum of their proportional set sizes (PSS), which counts a
 * page that several of them share once.
 */
export async function readMemoryMiB(roots: readonly number[]): Promise<number> {
  const tree = await readTree(roots)
  const kilobytes = await Promise.all(
    tree.map(async ({ pid }) => Number(/^Pss: +(\d+) kB/m.exec(await readProc(pid, 'smaps_rollup'))?.[1] ?? 0)),
  )
  return kilobytes.reduce((sum, value) => sum + value, 0) / 1024
}

/** The running children of this process whose program has this name. */
export async function findChildren(name: string): Promise<number[]> {
  const all = await readAll()
  return all.filter((one) => one.name === name && one.parent === process.pid).map(({ pid }) => pid)
}

interface Process {
  readonly pid: number
  readonly parent: number
  readonly name: string
  readonly fields: readonly string[]
}

async function readTree(roots: readonly number[]): Promise<Process[]> {
  const all = await readAll()
  const tree = all.filter(({ pid }) => roots.includes(pid))
  // It grows while it is walked through.
  for (const { pid } of tree) tree.push(...all.filter(({ parent }) => parent === pid))
  return tree
}

async function readAll(): Promise<Process[]> {
  const pids = (await readdir('/proc')).map(Number).filter(Number.isInteger)
  const stats = await Promise.all(pids.map((pid) => readProc(pid, 'stat')))
  return pids.flatMap((pid, index) => {
    // The name is in parentheses, and may hold spaces and parentheses.
    const [, name, rest] = /\((.*)\) (.*)/s.exec(stats[index] ?? '') ?? []
    if (name === undefined || rest === undefined) return []
    const fields = rest.split(' ')
    return [{ pid, parent: Number(fields[field.parent]), name, fields }]
  })
}

/** A file of a process; empty when the process has ended. */
function readProc(pid: number, file: string): Promise<string> {
  return readFile(join('/proc', String(pid), file), 'utf8').catch(() => '')
}
