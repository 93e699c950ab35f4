/** The owner that a user's second factor is sealed for: copied into another user's row, it does not open. */
export function secondFactorOwner(userId: string): string {
  return `second-factor ${userId}`
}
