import ipaddr from 'ipaddr.js'

/** A household or a server has all addresses of one such IPv6 network. */
const IPV6_NETWORK_GROUPS = 4

/** The address that a client is counted by: an IPv4 address, or the /64 network of an IPv6 one. */
export function clientAddress(ip: string): string {
  if (!ipaddr.isValid(ip)) return ip
  // An IPv4 address that is mapped into IPv6 is the same client.
  const address = ipaddr.process(ip)
  if (address instanceof ipaddr.IPv4) return address.toString()
  return `${address.parts
    .slice(0, IPV6_NETWORK_GROUPS)
    .map(group => group.toString(16))
    .join(':')}::/64`
}
