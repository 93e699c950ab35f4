import type { SecretBox } from './secret-box'

/** A robot and the hash of its secret. */
export interface HashedRobot {
  readonly id: string
  readonly secretHash: string
}

/** Seals a robot's secret beside its hash. */
export function sealRobotSecret(box: SecretBox, robot: HashedRobot, secret: string): string {
  return box.seal(secret, ownerOf(robot))
}

/**
 * Opens a robot's secret. Null when there is none, or when it is not the one that the hash is of: a server of an older
 * version, which knows only the hash, has changed it.
 */
export function openRobotSecret(
  box: SecretBox,
  robot: HashedRobot & { readonly sealedSecret: string | null },
): string | null {
  if (robot.sealedSecret === null) return null
  try {
    return box.open(robot.sealedSecret, ownerOf(robot))
  } catch {
    return null
  }
}

function ownerOf({ id, secretHash }: HashedRobot): string {
  return `${id} ${secretHash}`
}
