/** Why a command failed: one sentence for the operator, printed without a stack. */
export class CommandError extends Error {}
