/**
 * A request needs a write, and this process only reads the database: another process must answer the request. Nothing
 * has been changed or answered. Never reaches a client.
 */
export class WriterNeeded extends Error {
  constructor() {
    super('this process does not write to the database')
  }
}
