import { canonicalHost } from './host'
import { type InstanceHostParts, hasInstanceForm, instanceHosts } from './instance-host'

/** The address that a request came to, from which an instance's addresses are derived. */
export interface Vantage {
  /** Base domain of the instances' host names. */
  readonly domain: string
  /** `http(s)://host[:port]` when the server is behind a proxy, else null. */
  readonly publicUrl: string | null
  /** `Host` of the request. */
  readonly requestHost: string
}

/** The addresses of an instance. Each is a host, with a port unless it is the scheme's default. */
export interface InstanceAddresses {
  readonly endpoints: { readonly internet: string; readonly vpc: string }
  /** The host to use in docker commands, for the client that sent the request. */
  readonly registryHost: string
}

/**
 * The addresses of an instance. Its host names use the port of the request (or of the public URL). The default instance
 * also serves every host that belongs to no instance, so its `registryHost` is the address that the request came to:
 * `localhost:3000` works without any DNS setup.
 */
export function instanceAddresses(
  instance: InstanceHostParts & { readonly isDefault: boolean },
  { domain, publicUrl, requestHost }: Vantage,
): InstanceAddresses {
  const reached = withoutDefaultPort(publicUrl === null ? requestHost : new URL(publicUrl).host)
  const port = /:\d+$/.exec(reached)?.[0] ?? ''
  const hosts = instanceHosts(instance, domain)
  const endpoints = { internet: `${hosts.internet}${port}`, vpc: `${hosts.vpc}${port}` }
  const answersHere = instance.isDefault && reached !== '' && !hasInstanceForm(reached, domain)
  return { endpoints, registryHost: answersHere ? reached : endpoints.internet }
}

function withoutDefaultPort(host: string): string {
  return canonicalHost(host).replace(/:(?:80|443)$/, '')
}
