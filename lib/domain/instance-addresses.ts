import { canonicalHost } from './host'
import { type InstanceHostParts, addressedInstance, instanceHosts } from './instance-host'
import { instancePathPrefix, isSameInstance, userNamePrefix } from './instance-path'

/** The address that a request came to, from which an instance's addresses are derived. */
export interface Vantage {
  /** Base domain of the instances' host names. */
  readonly domain: string
  /** `http(s)://host[:port]` when the server is behind a proxy, else null. */
  readonly publicUrl: string | null
  /** `Host` of the request. */
  readonly requestHost: string
}

/** The addresses of an instance. Each host has a port, unless it is the scheme's default. */
export interface InstanceAddresses {
  readonly endpoints: {
    readonly internet: string
    readonly vpc: string
    /** The host of the request with the instance's path; null where that host belongs to one instance. */
    readonly path: string | null
  }
  /** The host to log on to in docker commands, for the client that sent the request. */
  readonly registryHost: string
  /** What stands before `/<namespace>/<repository>` in docker commands: that host, with the instance's path if it needs one. */
  readonly registryAddress: string
  /** What stands before user names in a log-on to that host; empty where the host says the instance. */
  readonly userNamePrefix: string
}

/** The base domain while nobody has set one: no name server knows the names of instances below it. */
const unsetDomain = 'localhost'

/**
 * The addresses of an instance. Its host names use the port of the request (or of the public URL). The one for commands
 * is the one that answers where the request came from: the host of the request, if it is the instance's own, or belongs to
 * no instance. There, `localhost:3000` is the default instance, and another one is addressed by its path, unless the domain
 * was set, which promises that its host name can be resolved.
 */
export function instanceAddresses(
  instance: InstanceHostParts & { readonly isDefault: boolean },
  { domain, publicUrl, requestHost }: Vantage,
): InstanceAddresses {
  const reached = withoutDefaultPort(publicUrl === null ? requestHost : new URL(publicUrl).host)
  const port = /:\d+$/.exec(reached)?.[0] ?? ''
  const hosts = instanceHosts(instance, domain)
  const addressed = reached === '' ? null : addressedInstance(reached, domain)
  const isShared = addressed === 'default'
  const byPath = `${reached}/${instancePathPrefix(instance)}`.slice(0, -1)
  const endpoints = {
    internet: `${hosts.internet}${port}`,
    vpc: `${hosts.vpc}${port}`,
    path: isShared ? byPath : null,
  }
  if (isShared && !instance.isDefault && domain === unsetDomain) {
    return { endpoints, registryHost: reached, registryAddress: byPath, userNamePrefix: userNamePrefix(instance) }
  }
  const answersHere = (isShared && instance.isDefault) || isSameInstance(addressed, instance)
  const host = answersHere ? reached : endpoints.internet
  return { endpoints, registryHost: host, registryAddress: host, userNamePrefix: '' }
}

function withoutDefaultPort(host: string): string {
  return canonicalHost(host).replace(/:(?:80|443)$/, '')
}
