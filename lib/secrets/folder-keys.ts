import { mkdir, readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import { readOrCreateKey, replaceKey } from './key-file'
import type { KeyName, KeyStore } from './key-store'

const files: Readonly<Record<KeyName, string>> = {
  secrets: 'secrets.key',
  'registry-tokens': 'registry-tokens.json',
  'transparency-log': 'transparency-log.json',
}

/** Keys in files of a data folder, `keys/…`, which only the server's user may read. Each is created at its first use. */
export class FolderKeys implements KeyStore {
  readonly folder: string

  constructor(dataDir: string) {
    this.folder = path.join(dataDir, 'keys')
  }

  async read(name: KeyName, create: () => Buffer): Promise<Buffer> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 })
    return readOrCreateKey(this.#fileOf(name), create)
  }

  /** Returns the content of a key, or null when there is none. */
  find(name: KeyName): Promise<Buffer | null> {
    return readFile(this.#fileOf(name)).catch(nullIfMissing)
  }

  async markOf(name: KeyName): Promise<string | null> {
    const found = await stat(this.#fileOf(name), { bigint: true }).catch(nullIfMissing)
    return found === null ? null : `${found.ino} ${found.mtimeNs} ${found.size}`
  }

  /** Keeps the file's owner, because the caller need not run as the server's user. */
  replace(name: KeyName, next: (current: Buffer) => Buffer, record: () => Promise<void>): Promise<void> {
    return replaceKey(this.#fileOf(name), next, () => record())
  }

  #fileOf(name: KeyName): string {
    return path.join(this.folder, files[name])
  }
}

function nullIfMissing(error: unknown): null {
  if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return null
  throw error
}
