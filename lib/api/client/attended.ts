/** How long after the last press or move a person is taken to be there, in milliseconds. */
const attendedMs = 60_000

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
 * Whether a person did something at this page in the last minute. A page that is left open goes on reading what it shows;
 * that is no use of the session.
 */
export function isAttended(): boolean {
  return performance.now() - lastInputAt < attendedMs
}
