import { type InstanceHostParts, instanceHosts, parseInstanceHost } from './instance-host'

/** From where the addresses are asked for. */
export interface Vantage {
  /** Base domain of the instances' host names. */
  readonly domain: string
  /** `http(s)://host[:port]` where the server is behind a proxy, else null. */
  readonly publicUrl: string | null
  /** `Host` of the request. */
  readonly requestHost: string
}

/** Where an instance is reached; each is a host, with a port where it is not the scheme's own. */
export interface InstanceAddresses {
  readonly endpoints: { readonly internet: string; readonly vpc: string }
  /** What to write in docker commands from where the request came. */
  readonly registryHost: string
}

/**
 * The addresses of an instance. Host names of instances are served on the port that the request (or the public URL)
 * uses. The default instance also serves every host that is no instance's, so there it answers the very address the
 * request came to: `localhost:3000` works where nobody has set up DNS.
 */
export function instanceAddresses(
  instance: InstanceHostParts & { readonly isDefault: boolean },
  { domain, publicUrl, requestHost }: Vantage,
): InstanceAddresses {
  const reached = withoutDefaultPort(publicUrl === null ? requestHost : new URL(publicUrl).host)
  const port = /:\d+$/.exec(reached)?.[0] ?? ''
  const hosts = instanceHosts(instance, domain)
  const endpoints = { internet: `${hosts.internet}${port}`, vpc: `${hosts.vpc}${port}` }
  const answersHere = instance.isDefault && reached !== '' && parseInstanceHost(reached, domain) === null
  return { endpoints, registryHost: answersHere ? reached : endpoints.internet }
}

function withoutDefaultPort(host: string): string {
  return host.toLowerCase().replace(/:(?:80|443)$/, '')
}
