import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { findFreePort } from '@/scripts/lib/find-free-port.mjs'
import { makeCertificate } from './certificate'
import { requireCommands } from './clients/require-commands'

/** The proxies that docs/scale.md has a configuration for. */
export const proxies = ['nginx', 'caddy'] as const

/** One of `proxies`. */
export type ProxyKind = (typeof proxies)[number]

/** A page of the manual with a configuration. */
type Page = keyof typeof documented.servers

/** The names in the configurations that a test replaces by its own. */
const documented = {
  servers: {
    'scale.md': ['10.0.0.11:3000', '10.0.0.12:3000', '10.0.0.13:3000'],
    'addresses.md': ['127.0.0.1:3000'],
  },
  certificate: '/etc/ssl/registry.example.com.pem',
  key: '/etc/ssl/registry.example.com.key',
}

const startTimeoutMs = 20_000

/** A proxy before the servers of a test, with TLS. */
export interface Proxy {
  /** `https://127.0.0.1:<port>`. */
  readonly url: string
  readonly port: number
  /** Of the certificate that clients must trust. */
  readonly certificateFile: string
  /** Changes its log has, for a failure. */
  output(): string
  stop(): Promise<void>
}

/** A proxy that is not started yet: servers must know its address before. */
export interface PlannedProxy {
  readonly url: string
  /** Starts it before the servers at these ports. `change` changes its configuration. Skips where it is not installed. */
  start(ports: readonly number[], change?: (configuration: string) => string): Promise<Proxy>
}

function readConfiguration(kind: ProxyKind, page: Page): string {
  const text = readFileSync(join(import.meta.dirname, '..', 'docs', page), 'utf8')
  const found = new RegExp(`^\`\`\`${kind === 'nginx' ? 'nginx' : 'caddyfile'}\\n(.*?)^\`\`\``, 'ms').exec(text)?.[1]
  if (found === undefined) throw new Error(`docs/${page} has no configuration for ${kind}`)
  return found
}

/** Chooses the address of a proxy that a page of the manual configures. Its certificate is for `hosts` too. */
export async function planProxy(
  kind: ProxyKind,
  page: Page = 'scale.md',
  hosts: readonly string[] = [],
): Promise<PlannedProxy> {
  const port = await findFreePort()
  const url = `https://127.0.0.1:${port}`
  return {
    url,
    async start(ports, change = (text) => text) {
      requireCommands(kind)
      const folder = mkdtempSync(join(tmpdir(), `stele-${kind}-`))
      await makeCertificate(folder, hosts)
      const certificateFile = join(folder, 'cert.pem')
      const configured = change(withServers(readConfiguration(kind, page), documented.servers[page], ports))
      const child = kind === 'nginx' ? startNginx(folder, port, configured) : startCaddy(folder, port, configured)
      let output = ''
      for (const stream of [child.stdout, child.stderr])
        stream?.setEncoding('utf8').on('data', (text: string) => (output += text))
      const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
      const deadline = performance.now() + startTimeoutMs
      while (!(await accepts(port))) {
        if (child.exitCode !== null || performance.now() > deadline)
          throw new Error(`${kind} did not start:\n${output}`)
        await setTimeout(50)
      }
      return {
        ...{ url, port, certificateFile, output: () => output },
        async stop() {
          child.kill('SIGTERM')
          await ended
          rmSync(folder, { recursive: true, force: true })
        },
      }
    },
  }
}

/** Replaces each documented server by one of the test; a documented one that is left over goes. */
function withServers(configuration: string, servers: readonly string[], ports: readonly number[]): string {
  return servers.reduce((text, server, index) => {
    const port = ports[index]
    if (port !== undefined) return text.replaceAll(server, `127.0.0.1:${port}`)
    return text.replaceAll(` ${server}`, '').replace(/^\s*server;\n/gm, '')
  }, configuration)
}

function startNginx(folder: string, port: number, configured: string): ChildProcess {
  const site = configured
    .replace('listen 443 ssl', `listen 127.0.0.1:${port} ssl`)
    .replace(documented.certificate, join(folder, 'cert.pem'))
    .replace(documented.key, join(folder, 'key.pem'))
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => {
    mkdirSync(join(folder, name))
    return `${name}_temp_path ${join(folder, name)};`
  })
  // What Debian's own nginx.conf has around a site, for a process of the test.
  const main = [
    ...['daemon off;', `pid ${join(folder, 'pid')};`, 'error_log stderr warn;', 'worker_processes 2;'],
    ...(process.getuid?.() === 0 ? ['user root;'] : []),
    'events { worker_connections 1024; }',
    `http { access_log off; ${temporary.join(' ')}`,
    ...[site, '}'],
  ].join('\n')
  const file = join(folder, 'nginx.conf')
  writeFileSync(file, main)
  const path = `${process.env['PATH'] ?? ''}:/usr/sbin`
  return spawn('nginx', ['-p', folder, '-c', file], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, PATH: path },
  })
}

function startCaddy(folder: string, port: number, configured: string): ChildProcess {
  const certificate = `tls ${join(folder, 'cert.pem')} ${join(folder, 'key.pem')}`
  const site = configured.replace(
    'registry.example.com {',
    `https://127.0.0.1:${port} {\n  bind 127.0.0.1\n  ${certificate}`,
  )
  const file = join(folder, 'Caddyfile')
  writeFileSync(file, `{\n  admin off\n  auto_https off\n}\n${site}`)
  return spawn('caddy', ['run', '--adapter', 'caddyfile', '--config', file], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder },
  })
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}
