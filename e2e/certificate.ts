import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** A certificate of 127.0.0.1 that signs itself, and its key, as PEM. */
export interface Certificate {
  readonly cert: Buffer
  readonly key: Buffer
}

/** Makes a certificate, for `hosts` too, and leaves it in `folder` as `cert.pem` for a client that should trust it. */
export async function makeCertificate(folder: string, hosts: readonly string[] = []): Promise<Certificate> {
  const names = ['subjectAltName=IP:127.0.0.1', ...hosts.map((host) => `DNS:${host}`)].join()
  const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')]
  await promisify(execFile)('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'],
    ...['-subj', '/CN=127.0.0.1', '-addext', names, '-out', cert, '-keyout', key],
  ])
  return { cert: await readFile(cert), key: await readFile(key) }
}
