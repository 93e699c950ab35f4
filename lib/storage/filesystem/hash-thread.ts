import { Worker } from 'node:worker_threads'

import type { DigestAlgorithm } from '@/lib/domain/digest'

/** Most files that wait: each is open, and its answer is worth less the later it comes. */
const waitingMax = 32

/** Hashes one file after another. The descriptors are those of the process. */
const program = `
  const { createHash } = require('node:crypto')
  const { readSync } = require('node:fs')
  const { parentPort } = require('node:worker_threads')
  const buffer = Buffer.allocUnsafeSlow(256 * 1024)
  parentPort.on('message', ({ id, fd, algorithm }) => {
    try {
      const hash = createHash(algorithm)
      for (let position = 0, count; (count = readSync(fd, buffer, 0, buffer.length, position)) > 0; position += count) {
        hash.update(buffer.subarray(0, count))
      }
      parentPort.postMessage({ id, hex: hash.digest('hex') })
    } catch (error) {
      parentPort.postMessage({ id, failure: error.message })
    }
  })`

interface Reply {
  readonly id: number
  readonly hex?: string
  readonly failure?: string
}

interface Waiting {
  readonly resolve: (hex: string) => void
  readonly reject: (error: Error) => void
}

/**
 * Hashes files on a thread of its own, so that the requests of the process do not wait. The thread starts with the first
 * file and does not keep the process running.
 */
export class HashThread {
  readonly #waiting = new Map<number, Waiting>()
  #worker: Worker | null = null
  #lastId = 0

  /** Whether no more files are accepted for now. */
  get isBusy(): boolean {
    return this.#waiting.size >= waitingMax
  }

  /** The hash of an open file's entire content, in hexadecimal. The caller keeps the file open until then. */
  hash(fd: number, algorithm: DigestAlgorithm): Promise<string> {
    const worker = (this.#worker ??= this.#start())
    const id = ++this.#lastId
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject })
      worker.postMessage({ id, fd, algorithm })
    })
  }

  #start(): Worker {
    const worker = new Worker(program, {
      eval: true,
      execArgv: [],
      resourceLimits: { maxYoungGenerationSizeMb: 2, maxOldGenerationSizeMb: 16 },
    })
    worker.unref()
    worker.on('message', ({ id, hex, failure }: Reply) => {
      const waiting = this.#waiting.get(id)
      this.#waiting.delete(id)
      if (hex === undefined) waiting?.reject(new Error(failure))
      else waiting?.resolve(hex)
    })
    const fail = (error: Error) => {
      this.#worker = null
      for (const { reject } of this.#waiting.values()) reject(error)
      this.#waiting.clear()
    }
    worker.on('error', fail)
    worker.on('exit', () => fail(new Error('the thread ended')))
    return worker
  }
}
