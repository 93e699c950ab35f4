/** The phase of the process, from start to stop. Code that behaves differently during a stop reads it. */
export interface Phase {
  /** `draining`: everything is served, but probes say that the server stops, and connections end with their request. */
  name: 'starting' | 'ready' | 'draining' | 'stopping'
}

/** Whether the process was told to stop. */
export function isEnding({ name }: Phase): boolean {
  return name === 'draining' || name === 'stopping'
}
