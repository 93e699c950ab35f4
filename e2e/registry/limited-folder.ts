import { execFileSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A folder on a file system of its own, in memory, that can be full. Needs root. */
export interface SmallFolder {
  readonly path: string
  resize(mebibytes: number): void
  remove(): Promise<void>
}

/** Makes a folder that takes so many mebibytes and no more. */
export async function makeSmallFolder(mebibytes: number): Promise<SmallFolder> {
  const path = await mkdtemp(join(tmpdir(), 'stele-small-'))
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${mebibytes}m`, 'tmpfs', path])
  return {
    path,
    resize: (size) => void execFileSync('mount', ['-o', `remount,size=${size}m`, path]),
    async remove() {
      // The server of the test may still write into it; what it has open goes with it.
      execFileSync('umount', ['--lazy', path])
      await rm(path, { recursive: true, force: true })
    },
  }
}

/** Makes a folder read-only, for root too, until the answer is called. Needs root. */
export function makeReadOnly(path: string): () => void {
  execFileSync('mount', ['--bind', path, path])
  execFileSync('mount', ['-o', 'remount,ro,bind', path])
  return () => void execFileSync('umount', [path])
}
