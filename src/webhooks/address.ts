/**
 * Which addresses a webhook may be sent to: public ones, and nothing of ours (SSRF). A list of what is public would be shorter; IANA
 * publishes what is not (special-purpose registries, RFC 6890), so that is what is here.
 */
import { BlockList, isIP, isIPv4 } from 'node:net'

const IPV4_SPECIAL = [
  '0.0.0.0/8', // this network
  '10.0.0.0/8', // private
  '100.64.0.0/10', // carrier-grade NAT; some clouds keep their metadata there
  '127.0.0.0/8', // loopback
  '169.254.0.0/16', // link-local, the metadata of most clouds
  '172.16.0.0/12', // private
  '192.0.0.0/24', // protocol assignments
  '192.0.2.0/24', // documentation
  '192.88.99.0/24', // 6to4 relays
  '192.168.0.0/16', // private
  '198.18.0.0/15', // benchmarks
  '198.51.100.0/24', // documentation
  '203.0.113.0/24', // documentation
  '224.0.0.0/4', // multicast
  '240.0.0.0/4', // reserved, broadcast
]

/** Of the global unicast space, what leads elsewhere: tunnels hold an IPv4 address that nobody has checked. */
const IPV6_SPECIAL = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20']

const listOf = (ranges: readonly string[], family: 'ipv4' | 'ipv6'): BlockList => {
  const list = new BlockList()
  for (const range of ranges) {
    const [network = '', prefix = ''] = range.split('/')
    list.addSubnet(network, Number(prefix), family)
  }
  return list
}

const special4 = listOf(IPV4_SPECIAL, 'ipv4')
const special6 = listOf(IPV6_SPECIAL, 'ipv6')
const global6 = listOf(['2000::/3'], 'ipv6')
const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8, 'ipv4')
loopback.addAddress('::1', 'ipv6')

/** True for a unicast address of the public Internet. IPv4 inside IPv6 (`::ffff:10.0.0.1`, NAT64) is never one. */
export function isPublicAddress(address: string): boolean {
  if (isIPv4(address)) return !special4.check(address, 'ipv4')
  // A zone (`fe80::1%eth0`) is for links only.
  if (isIP(address) !== 6 || address.includes('%')) return false
  return global6.check(address, 'ipv6') && !special6.check(address, 'ipv6')
}

export const isLoopbackAddress = (address: string): boolean =>
  isIP(address) !== 0 && loopback.check(address, isIPv4(address) ? 'ipv4' : 'ipv6')
