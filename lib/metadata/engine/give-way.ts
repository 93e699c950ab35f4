/** How much later than the rest of the process a thread runs that gives way: a third of the share of a processor. */
const niceness = 5

/**
 * The first lines of the program of a thread that gives way to the threads that answer requests where more of them want to run
 * than there are processors. On Linux each thread has a priority of its own, and `/proc/thread-self` says which thread reads
 * it; elsewhere nothing changes.
 */
export const giveWay = `
  try {
    const [id] = /\\d+$/.exec(require('node:fs').readlinkSync('/proc/thread-self'))
    require('node:os').setPriority(Number(id), ${niceness})
  } catch {}
`
