/** A reason not to start that the person who starts the server can do something about: one line, without a stack. */
export class StartError extends Error {}
