/** Why a command cannot do what it was asked: one sentence for whoever typed it, without a stack. */
export class CommandError extends Error {}
