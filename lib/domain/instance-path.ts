import { type InstanceHostParts, addressedInstance } from './instance-host'
import { isInstanceName } from './reference'
import { isRegionId } from './regions'

/*
 * An instance that is not the default one can be addressed by path, at every host that belongs to no instance:
 * `localhost:3000/i/<name>.<region>/<namespace>/<repository>`. No namespace has a name of one character, so no such path
 * is one of the default instance (docs/decisions/0050-instances-by-path.md).
 */

/** The first segment of a path that names an instance. */
const marker = 'i/'

/** What the host and the path of a request address. */
export interface AddressedPath {
  /** The instance by its parts, or the default one; null when no instance can have it. */
  readonly instance: InstanceHostParts | 'default' | null
  /** `i/<name>.<region>/` when the path names the instance, else empty: what stands before all paths of this instance. */
  readonly prefix: string
  /** `<namespace>/<repository>` in the instance. It may not be valid. */
  readonly path: string
}

/**
 * What `host` and `path`, the part of a URL that names a repository, address. A path names an instance only where the host
 * names none: the host names of an instance serve that instance alone. `path` is empty where a request has none.
 */
export function addressedPath(host: string, path: string, domain: string): AddressedPath {
  return addressedPathIn(addressedInstance(host, domain), path)
}

/** The same where the instance that the host addresses is known. */
export function addressedPathIn(instance: AddressedPath['instance'], path: string): AddressedPath {
  if (instance !== 'default' || !path.startsWith(marker)) return { instance, prefix: '', path }
  const end = path.indexOf('/', marker.length)
  const prefix = end < 0 ? `${path}/` : path.slice(0, end + 1)
  return {
    instance: parseParts(prefix.slice(marker.length, -1)),
    prefix,
    path: path.slice(prefix.length),
  }
}

/** `i/<name>.<region>/`: what stands before all paths of an instance at a host that belongs to no instance. */
export function instancePathPrefix(instance: InstanceHostParts): string {
  return `${marker}${qualifierOf(instance)}/`
}

/** Whether two addresses name the same instance in the same words. Where both name none, they do. */
export function isSameInstance(one: AddressedPath['instance'], other: AddressedPath['instance']): boolean {
  if (typeof one !== 'object' || typeof other !== 'object') return one === other
  return one?.name === other?.name && one?.regionId === other?.regionId
}

/** The parts of a user name that somebody logs on to a registry with. */
export interface QualifiedName {
  /** The instance that the name is of; null when no instance can have it, undefined when the name says none. */
  readonly instance: InstanceHostParts | null | undefined
  readonly name: string
}

/**
 * The parts of `<name>.<region>/<user name>`: at a host of several instances, a log-on without a repository says in this
 * way which of them it is for. A user name without an instance is the whole name: user names and robots have no slash.
 */
export function parseQualifiedName(text: string): QualifiedName {
  const slash = text.indexOf('/')
  if (slash < 0) return { instance: undefined, name: text }
  return { instance: parseParts(text.slice(0, slash).trim().toLowerCase()), name: text.slice(slash + 1) }
}

/** `<name>.<region>/`: what stands before a user name at a host that belongs to no instance. */
export function userNamePrefix(instance: InstanceHostParts): string {
  return `${qualifierOf(instance)}/`
}

function qualifierOf({ name, regionId }: InstanceHostParts): string {
  return `${name}.${regionId}`
}

/** Neither names of instances nor regions have a dot. */
function parseParts(text: string): InstanceHostParts | null {
  const [name = '', regionId = '', ...more] = text.split('.')
  return more.length === 0 && isInstanceName(name) && isRegionId(regionId) ? { name, regionId } : null
}
