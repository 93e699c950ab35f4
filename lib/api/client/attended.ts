/** How long after the last press or move a person is taken to be there, in milliseconds. */
const attendedMs = 60_000

/** Whether what runs now was asked for by no person. */
let isOnItsOwn = false

/** Somebody opened the page. */
let lastInputAt = performance.now()

function noteInput(): void {
  lastInputAt = performance.now()
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
  return !isOnItsOwn && performance.now() - lastInputAt < attendedMs
}
