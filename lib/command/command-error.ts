/** Why a command failed: one sentence for the operator, printed without a stack. */
export class CommandError extends Error {
  /** 1, unless a command says of its exit codes otherwise. */
  readonly exitCode: number

  constructor(message: string, exitCode = 1) {
    super(message)
    this.exitCode = exitCode
  }
}
