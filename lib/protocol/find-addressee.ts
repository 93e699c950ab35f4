import type { IncomingMessage } from 'node:http'
import { type BasicCredentials, parseBasicCredentials } from '@/lib/auth/basic-credentials'
import {
  type AddressedPath,
  type QualifiedName,
  instancePathPrefix,
  parseQualifiedName,
} from '@/lib/domain/instance-path'
import type { Context } from '@/lib/context'
import {
  type InstanceForTraffic,
  findAddressedInstance,
  findInstanceOfToken,
} from '@/lib/registry/traffic/find-addressed-instance'

/** What a client logs on with, and the instance that its user name says (`parseQualifiedName`). */
interface RegistryCredentials extends BasicCredentials {
  readonly instance: QualifiedName['instance']
}

/** The credentials of an `Authorization: Basic` header; null where it has none. */
export function readRegistryCredentials(authorization: string | undefined): RegistryCredentials | null {
  const given = parseBasicCredentials(authorization)
  return given && qualified(given)
}

/** The credentials, and the instance that their user name says. */
export function qualified({ name: typed, secret }: BasicCredentials): RegistryCredentials {
  const { instance, name } = parseQualifiedName(typed)
  return { instance, name, secret }
}

/** The token of an `Authorization: Bearer` header (RFC 6750), undefined where it has none. */
export function readBearerToken(authorization: string): string | undefined {
  return /^Bearer +([A-Za-z0-9._~+/-]+=*) *$/i.exec(authorization)?.[1]
}

/**
 * The instance that an address names, if the user name of the caller says the same or none; else null, and nobody is known
 * there.
 */
export async function findInstanceFor(
  ctx: Context,
  address: AddressedPath,
  said: QualifiedName['instance'],
): Promise<InstanceForTraffic | null> {
  const instance = await findAddressedInstance(ctx, address.instance)
  if (said === undefined || instance === null) return instance
  return said?.name === instance.name && said.regionId === instance.regionId ? instance : null
}

/**
 * The instance of a request without a repository: a host of several instances leaves it to the credentials, because a
 * log-on asks for no repository. Without any it is the one that the host addresses.
 */
export async function findInstanceOfCaller(
  ctx: Context,
  { headers: { authorization } }: IncomingMessage,
  address: AddressedPath,
): Promise<InstanceForTraffic | null> {
  const said = readRegistryCredentials(authorization)?.instance
  if (address.instance !== 'default') return findInstanceFor(ctx, address, said)
  if (said !== undefined) return findAddressedInstance(ctx, said)
  const token = authorization === undefined ? undefined : readBearerToken(authorization)
  const id = token === undefined ? null : ctx.registryTokens.instanceIdOf(token)
  return id === null ? findAddressedInstance(ctx, 'default') : findInstanceOfToken(ctx, id)
}

/** What stands before the paths of an instance at the host of a request without a repository. */
export function prefixOf(address: AddressedPath, instance: InstanceForTraffic): string {
  return address.instance !== 'default' || instance.isDefault ? '' : instancePathPrefix(instance)
}
