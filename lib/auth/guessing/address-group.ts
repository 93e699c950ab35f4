import { isIPv6 } from 'node:net'
import { LRUCache } from 'lru-cache'

/** Of the latest addresses: whoever sends many requests is asked for each. */
const known = new LRUCache<string, string>({ max: 1000 })

/**
 * What counts as one client's address: an IPv4 address, or the /64 that an IPv6 address is in. Whoever has one IPv6
 * address has 2^64 of them. An address that is neither, or none at all, is a group by itself.
 */
export function addressGroup(address: string): string {
  const kept = known.get(address)
  if (kept !== undefined) return kept
  const group = groupOf(address)
  known.set(address, group)
  return group
}

function groupOf(address: string): string {
  const [bare = ''] = address.split('%')
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(bare)?.[1]
  if (mapped !== undefined) return mapped
  if (!isIPv6(bare)) return bare
  return `${expand(bare).slice(0, 4).join(':')}::/64`
}

/** Whether the address is one of the machine's own, by which it talks to itself. */
export function isLoopback(address: string): boolean {
  const group = addressGroup(address)
  return group.startsWith('127.') || address === '::1'
}

/** The eight groups of an IPv6 address, without leading zeros. An IPv4 address at its end is two of them: none is asked for. */
function expand(address: string): string[] {
  const [head = '', tail] = address.toLowerCase().split('::')
  const groupsOf = (text: string) => (text === '' ? [] : text.split(':'))
  const before = groupsOf(head)
  const after = groupsOf(tail ?? '')
  const missing = tail === undefined ? 0 : Math.max(0, 8 - before.length - after.length)
  return [...before, ...Array<string>(missing).fill('0'), ...after].map((group) => group.replace(/^0+(?=.)/, ''))
}
