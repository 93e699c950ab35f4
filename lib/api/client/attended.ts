/** How long after the last press or move a person is taken to be there, in milliseconds. */
const attendedMs = 60_000

/** Whether what runs now was asked for by no person. */
let isOnItsOwn = false

/** Somebody opened the page. */
let lastInputAt = performance.now()

const listeners = new Set<() => void>()

function noteInput(): void {
  const wasAway = isAway()
  lastInputAt = performance.now()
  if (wasAway) for (const listener of listeners) listener()
}

function isAway(): boolean {
  return performance.now() - lastInputAt >= attendedMs
}

/** Calls `listener` when a person does something at this page after a minute without it. Returns what ends this. */
export function onReturn(listener: () => void): () => void {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}

if (typeof window !== 'undefined') {
  const options = { capture: true, passive: true }
  for (const type of ['pointerdown', 'pointermove', 'keydown', 'wheel']) addEventListener(type, noteInput, options)
}

/**
 * Runs `act`, whose requests no person asked for: those that it sends before it first waits are no use of the session,
 * whoever is at the page.
 */
export function unattended<T>(act: () => T): T {
  isOnItsOwn = true
  try {
    return act()
  } finally {
    isOnItsOwn = false
  }
}

/**
 * Whether a person did something at this page in the last minute. A page that is left open goes on reading what it shows;
 * that is no use of the session.
 */
export function isAttended(): boolean {
  return !isOnItsOwn && !isAway()
}
