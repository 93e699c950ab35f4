/** What may be granted, the least first: each includes those before it. `MANAGE` may also change settings. */
export const permissions = ['PULL', 'PUSH', 'MANAGE'] as const

/** What a user or a robot may be granted on an instance, a namespace or a repository. */
export type Permission = (typeof permissions)[number]

/** What is asked of something: to know that it is there, or what a permission of that name allows. */
export type AccessAction = 'see' | 'pull' | 'push' | 'manage'

const least: Record<AccessAction, number> = { see: 0, pull: 1, push: 2, manage: 3 }

/** The permission of a rank, which counts from 1 in the order of `permissions`; null for 0, which is none. */
export function permissionOfRank(rank: number): Permission | null {
  return permissions[rank - 1] ?? null
}

/** Whether who has permissions of this rank may do `action`. */
export function rankAllows(rank: number, action: AccessAction): boolean {
  return rank >= least[action]
}

/** User name of whoever logs on to a registry with a temporary token, as in ACR. */
export const temporaryUserName = 'cr_temp_user'

/** What a robot's user name begins with; no user's name has a plus sign. */
export const robotNamePrefix = 'robot+'
