import { isRegionId } from './regions'
import { isInstanceName } from './reference'

/** The parts of an instance's host names. */
export interface InstanceHostParts {
  readonly name: string
  readonly regionId: string
}

/** The two host names of an instance, as ACR forms them; no port. */
export function instanceHosts(instance: InstanceHostParts, domain: string): { internet: string; vpc: string } {
  const suffix = `${instance.regionId}.${domain}`
  return { internet: `${instance.name}-registry.${suffix}`, vpc: `${instance.name}-registry-vpc.${suffix}` }
}

/**
 * The instance that the host of a request names, or null when it names none (localhost, an IP address): such a request
 * is for the default instance. `host` may have a port and may be in any case.
 */
export function parseInstanceHost(host: string, domain: string): InstanceHostParts | null {
  const hostname = host.toLowerCase().replace(/:\d+$/, '')
  if (!hostname.endsWith(`.${domain}`)) return null
  const match = /^(.+?)-registry(?:-vpc)?\.([a-z0-9-]+)$/.exec(hostname.slice(0, -domain.length - 1))
  const [, name, regionId] = match ?? []
  if (name === undefined || regionId === undefined || !isInstanceName(name) || !isRegionId(regionId)) return null
  return { name, regionId }
}
