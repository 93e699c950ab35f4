/** The permissions, weakest first. Each includes those before it; `MANAGE` also allows changing settings. */
export const permissions = ['PULL', 'PUSH', 'MANAGE'] as const

/** A permission that a user or a robot can have on an instance, a namespace or a repository. */
export type Permission = (typeof permissions)[number]

/** What a caller wants to do: see that something exists, or act as the permission of the same name allows. */
export type AccessAction = 'see' | 'pull' | 'push' | 'manage'

const requiredRank: Record<AccessAction, number> = { see: 0, pull: 1, push: 2, manage: 3 }

/** The permission with this rank, counted from 1 in the order of `permissions`; null for 0, which is no permission. */
export function permissionOfRank(rank: number): Permission | null {
  return permissions[rank - 1] ?? null
}

/** Whether a permission of this rank allows `action`. */
export function rankAllows(rank: number, action: AccessAction): boolean {
  return rank >= requiredRank[action]
}

/** User name for logging on to a registry with a temporary token, as in ACR. */
export const temporaryUserName = 'cr_temp_user'

/** Prefix of a robot's user name. The user name of a person has no plus sign. */
export const robotNamePrefix = 'robot+'
