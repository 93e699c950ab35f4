import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import proxyAddr from 'proxy-addr'
import type { Client } from '@/lib/auth/client'
import type { Config } from '@/lib/config'
import type { Logger } from '@/lib/log'

/**
 * Creates the function that finds the client of a request. `X-Forwarded-For` and `X-Forwarded-Proto` are used only if
 * the connection comes from a trusted proxy. The client is the last address that is not a trusted proxy.
 * `X-Forwarded-Host` is never used: `Host` selects the instance.
 */
export function createClientReader(
  { trustedProxies, publicUrl }: Pick<Config, 'trustedProxies' | 'publicUrl'>,
  log: Logger,
): (request: IncomingMessage) => Client {
  const isPublicSecure = publicUrl?.startsWith('https:') === true
  const trusts = trustedProxies.length === 0 ? () => false : proxyAddr.compile([...trustedProxies])
  let hasWarned = false

  return (request) => {
    const address = withoutMapping(request.socket.remoteAddress ?? '')
    if (!trusts(address, 0)) {
      if (!hasWarned && request.headers['x-forwarded-for'] !== undefined) {
        hasWarned = true
        log.warn({ address }, 'X-Forwarded-For is ignored: STELE_TRUSTED_PROXIES does not name this address')
      }
      return { address, isSecure: isPublicSecure }
    }
    return {
      address: forwardedAddress(request, trusts) ?? address,
      isSecure: isPublicSecure || isForwardedTls(request),
    }
  }
}

/** The client's address according to the proxies; null when it is not a valid address. */
function forwardedAddress(request: IncomingMessage, trusts: (address: string, index: number) => boolean) {
  const said = proxyAddr.all(request, (address, index) => trusts(bare(address), index)).at(-1) ?? ''
  const address = withoutMapping(bare(said))
  return isIP(address) === 0 ? null : address
}

function isForwardedTls(request: IncomingMessage): boolean {
  const header = request.headers['x-forwarded-proto']
  // With several proxies, the first one is connected to the client.
  return typeof header === 'string' && header.split(',', 1)[0]?.trim().toLowerCase() === 'https'
}

/** An address without the port that some proxies append. */
function bare(address: string): string {
  return /^(?:\[([^\]]*)\]|(\d+\.\d+\.\d+\.\d+))(?::\d+)?$/.exec(address)?.slice(1).find(Boolean) ?? address
}

/** Converts an IPv4 address that the socket reports as IPv6 back to IPv4. */
function withoutMapping(address: string): string {
  return address.includes(':') ? address.replace(/^::ffff:(?=\d+\.)/i, '') : address
}
