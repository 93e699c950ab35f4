import { AppError } from './errors'

/**
 * Names: the grammars of the OCI distribution specification ("Pulling manifests"), and ACR's limits for names that are
 * created in the console or the API.
 */

declare const tagBrand: unique symbol
declare const pathBrand: unique symbol

/** A tag of the OCI grammar: text that `parseTag` or `isTag` has accepted. */
export type TagName = string & { readonly [tagBrand]: true }

/**
 * `<namespace>/<repository>` of the OCI grammar: text that `parseRepositoryPath` or `isRepositoryPath` has accepted.
 */
export type RepositoryPath = string & { readonly [pathBrand]: true }

const repositoryPattern = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/
const tagPattern = /^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/

/**
 * Longest `<namespace>/<repository>` that a push may use. The specification warns about more than 255 with the host.
 */
const repositoryPathMaxLength = 255

/** Whether `path` is a repository path of the OCI grammar, at most 255 characters. */
export function isRepositoryPath(path: string): path is RepositoryPath {
  return path.length <= repositoryPathMaxLength && repositoryPattern.test(path)
}

/** `path` as a repository path. Throws NAME_INVALID. */
export function parseRepositoryPath(path: string): RepositoryPath {
  if (isRepositoryPath(path)) return path
  throw new AppError('NAME_INVALID', { detail: { name: path.slice(0, 300) } })
}

/** Whether `tag` is a tag of the OCI grammar: 1 to 128 characters. */
export function isTag(tag: string): tag is TagName {
  return tagPattern.test(tag)
}

/** `tag` as a tag. Throws TAG_INVALID. */
export function parseTag(tag: string): TagName {
  if (isTag(tag)) return tag
  throw new AppError('TAG_INVALID', { detail: { tag: tag.slice(0, 160) } })
}

/** ACR: 2 to 120 lower-case letters, digits, `_`, `-`, `.`; no separator first or last. The OCI grammar applies too. */
export function isNamespaceName(name: string): boolean {
  return name.length >= 2 && name.length <= 120 && !name.includes('/') && repositoryPattern.test(name)
}

/**
 * Whether a repository can have this name in some namespace. It may contain slashes. Not ACR's 2 to 64 characters: a
 * push may create every name whose path `isRepositoryPath` accepts, so the console and the API may too.
 */
export function isRepositoryName(name: string): boolean {
  return isRepositoryPath(`n/${name}`)
}

/** ACR: 3 to 30 lower-case letters, digits and hyphens, no hyphen first or last. It becomes part of a host name. */
export function isInstanceName(name: string): boolean {
  return /^[a-z0-9](?:[a-z0-9-]{1,28})[a-z0-9]$/.test(name)
}

/** Splits `<namespace>/<repository>`; the repository part may contain more slashes. Null when there is no slash. */
export function splitRepositoryPath(path: string): { namespace: string; name: string } | null {
  const slash = path.indexOf('/')
  if (slash < 0) return null
  return { namespace: path.slice(0, slash), name: path.slice(slash + 1) }
}
