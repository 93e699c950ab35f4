import { canonicalHost } from './host'
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
 * is for the default instance unless `hasInstanceForm`. `host` may have a port, a final dot, and be in any case.
 */
export function parseInstanceHost(host: string, domain: string): InstanceHostParts | null {
  const [, name, regionId] = matchForm(host, domain) ?? []
  if (name === undefined || regionId === undefined || !isInstanceName(name) || !isRegionId(regionId)) return null
  return { name, regionId }
}

/**
 * Whether a host has the form of an instance's. One with an unknown region, or a name that no instance can have, has it
 * too: it names no instance, and the default instance must not answer for it.
 */
export function hasInstanceForm(host: string, domain: string): boolean {
  return matchForm(host, domain) !== null
}

/** The instance that a host addresses: one by its parts, or the default one; null when no instance can have it. */
export function addressedInstance(host: string, domain: string): InstanceHostParts | 'default' | null {
  return parseInstanceHost(host, domain) ?? (hasInstanceForm(host, domain) ? null : 'default')
}

function matchForm(host: string, domain: string): RegExpExecArray | null {
  const hostname = canonicalHost(host).replace(/:\d+$/, '')
  if (!hostname.endsWith(`.${domain}`)) return null
  return /^(.+?)-registry(?:-vpc)?\.([a-z0-9-]+)$/.exec(hostname.slice(0, -domain.length - 1))
}
