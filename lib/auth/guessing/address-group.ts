import { isIPv6 } from 'node:net'
import ipaddr from 'ipaddr.js'
import { LRUCache } from 'lru-cache'

/** Groups of the latest addresses: a client that sends many requests needs its group for each. */
const known = new LRUCache<string, string>({ max: 1000 })

/**
 * Returns what counts as one client's address: an IPv4 address, or the /64 of an IPv6 address, because a client with
 * one IPv6 address has 2^64 of them. Any other text, even an empty one, is its own group.
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
  // Node's check is needed too: ipaddr.js also accepts forms of IPv4 that no client has.
  if (!isIPv6(bare) || !ipaddr.IPv6.isValid(bare)) return bare
  const parsed = ipaddr.IPv6.parse(bare)
  if (parsed.isIPv4MappedAddress()) return parsed.toIPv4Address().toString()
  const network = parsed.parts.slice(0, 4).map((group) => group.toString(16))
  return `${network.join(':')}::/64`
}

/** Whether the address is a loopback address. */
export function isLoopback(address: string): boolean {
  const group = addressGroup(address)
  return group.startsWith('127.') || address === '::1'
}
