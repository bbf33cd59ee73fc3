import { BlockList, isIP } from 'node:net';

/** IPv4 that is no host of the public internet (IANA's special-purpose registry), and what clouds answer their own machines on. */
const NOT_PUBLIC_IPV4 = [
  ['0.0.0.0', 8], // this network, unspecified
  ['10.0.0.0', 8], // private
  ['100.64.0.0', 10], // shared by carriers; metadata of Alibaba Cloud
  ['127.0.0.0', 8], // loopback
  ['168.63.129.16', 32], // Azure's own services for its machines
  ['169.254.0.0', 16], // link-local; metadata of most clouds
  ['172.16.0.0', 12], // private
  ['192.0.0.0', 24], // protocol assignments; metadata of Oracle Cloud
  ['192.0.2.0', 24], // documentation
  ['192.31.196.0', 24], // AS112
  ['192.52.193.0', 24], // AMT
  ['192.88.99.0', 24], // relays of 6to4
  ['192.168.0.0', 16], // private
  ['192.175.48.0', 24], // AS112
  ['198.18.0.0', 15], // benchmarks
  ['198.51.100.0', 24], // documentation
  ['203.0.113.0', 24], // documentation
  ['224.0.0.0', 4], // multicast
  ['240.0.0.0', 4], // reserved, broadcast
] as const;

/** All of IPv6 that is given out to hosts. What lies outside holds the forms that carry an IPv4 address: mapped, compatible, NAT64. */
const GIVEN_OUT_IPV6 = ['2000::', 3] as const;
const NOT_PUBLIC_IPV6 = [
  ['2001::', 23], // protocol assignments; Teredo carries an IPv4 address
  ['2001:db8::', 32], // documentation
  ['2002::', 16], // 6to4 carries an IPv4 address
  ['2620:4f:8000::', 48], // AS112
  ['3fff::', 20], // documentation
] as const;

const refused = new BlockList();
for (const [network, bits] of NOT_PUBLIC_IPV4) refused.addSubnet(network, bits, 'ipv4');
for (const [network, bits] of NOT_PUBLIC_IPV6) refused.addSubnet(network, bits, 'ipv6');
const givenOut = new BlockList();
givenOut.addSubnet(GIVEN_OUT_IPV6[0], GIVEN_OUT_IPV6[1], 'ipv6');

/** Whether an IP address can be that of a host on the public internet; what is no address is not. */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return !refused.check(address, 'ipv4');
  return family === 6 && givenOut.check(address, 'ipv6') && !refused.check(address, 'ipv6');
}

/** Addresses of inner networks, which a rule of the operator's may open by name. Mapped forms are none: whoever means one writes it as IPv4. */
const INTERNAL_IPV4 = [
  ['10.0.0.0', 8], // private
  ['100.64.0.0', 10], // shared by carriers; also of private overlay networks
  ['127.0.0.0', 8], // loopback
  ['172.16.0.0', 12], // private
  ['192.168.0.0', 16], // private
] as const;
const INTERNAL_IPV6 = [
  ['::1', 128], // loopback
  ['fc00::', 7], // private
] as const;
/** Within those, what clouds tell their machines credentials on. */
const METADATA = [
  ['100.100.100.200', 32, 'ipv4'], // Alibaba Cloud
  ['fd00:ec2::254', 128, 'ipv6'], // AWS
  ['fd20:ce::254', 128, 'ipv6'], // Google Cloud
] as const;

const internal = new BlockList();
for (const [network, bits] of INTERNAL_IPV4) internal.addSubnet(network, bits, 'ipv4');
for (const [network, bits] of INTERNAL_IPV6) internal.addSubnet(network, bits, 'ipv6');
const metadata = new BlockList();
for (const [network, bits, family] of METADATA) metadata.addSubnet(network, bits, family);

/** Whether an address is one of a host in an inner network. */
export function isInternalAddress(address: string): boolean {
  const family = isIP(address) === 4 ? 'ipv4' : 'ipv6';
  // BlockList takes a mapped address for the IPv4 address in it.
  if (isIP(address) === 0 || (family === 'ipv6' && /^::ffff:/i.test(address))) return false;
  return internal.check(address, family) && !metadata.check(address, family);
}
