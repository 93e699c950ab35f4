/** The phase of the process, from start to stop. Code that behaves differently during a stop reads it. */
export interface Phase {
  name: 'starting' | 'ready' | 'stopping'
}
