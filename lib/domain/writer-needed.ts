/**
 * A request needs what only another process does: a write where this one only reads, or the check of a secret. That
 * process must answer the request. Nothing has been changed or answered. Never reaches a client.
 */
export class WriterNeeded extends Error {
  /** Called with the status of the answer that the other process gave, if it gave one. */
  readonly noteAnswer: ((status: number) => void) | undefined

  constructor(noteAnswer?: (status: number) => void) {
    super('another process must answer the request')
    this.noteAnswer = noteAnswer
  }
}
