import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { startS3Server } from '@/scripts/lib/s3-server.mjs'
import { s3Settings } from './s3'
import { startServer, type ServerInfo, storageVariable } from './server'

/** Where the shared server's ServerInfo travels to the workers. */
export const serverVariable = 'E2E_SERVER'

const sharedBucket = 'stele-e2e'

/**
 * Starts the server that all tests share; what it printed is left in test-results/server.log. With
 * `E2E_STORAGE=s3`, it and the tests' own servers keep their blobs in an S3 store: for a run by hand.
 */
export default async function globalSetup(): Promise<() => Promise<void>> {
  const s3 = process.env['E2E_STORAGE'] === 's3' ? await startS3Server() : null
  if (s3 !== null) {
    s3.createBucket(sharedBucket)
    process.env[storageVariable] = JSON.stringify(s3Settings(s3, sharedBucket))
  }
  const server = await startServer()
  const info: ServerInfo = server
  process.env[serverVariable] = JSON.stringify(info)
  return async () => {
    const code = await server.stop()
    await s3?.stop()
    const folder = join(import.meta.dirname, '..', 'test-results')
    await mkdir(folder, { recursive: true })
    await writeFile(join(folder, 'server.log'), server.output())
    if (code !== 0) throw new Error(`The server ended with ${code}; see test-results/server.log`)
  }
}
