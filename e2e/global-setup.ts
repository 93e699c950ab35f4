import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { startServer, type ServerInfo } from './server'

/** Where the shared server's ServerInfo travels to the workers. */
export const serverVariable = 'E2E_SERVER'

/** Starts the server that all tests share, but for those over S3; what it printed is left in test-results/server.log. */
export default async function globalSetup(): Promise<() => Promise<void>> {
  const server = await startServer()
  const info: ServerInfo = server
  process.env[serverVariable] = JSON.stringify(info)
  return async () => {
    const code = await server.stop()
    const folder = join(import.meta.dirname, '..', 'test-results')
    await mkdir(folder, { recursive: true })
    await writeFile(join(folder, 'server.log'), server.output())
    if (code !== 0) throw new Error(`The server ended with ${code}; see test-results/server.log`)
  }
}
