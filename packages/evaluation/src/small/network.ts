// Networks for builds that are counted in bytes: URLs read addresses, and text holds their bits.

/** 128 digits, 0 or 1. */
export type Address = string

/** The leading digits that must be equal. */
export type Network = string

const MAPPED_BITS = 96

export function parseAddress(text: string): Address | null {
  // What a URL would take for something else than an address, or pass over.
  if (!/^[\da-f]*[.:][\da-f.:]*$/i.test(text)) return null
  try {
    // In brackets, the URL standard is as strict about both kinds as we are.
    const { hostname } = new URL(`http://[${text.includes(':') ? '' : '::ffff:'}${text}]`)
    const [head = [], tail = []] = hostname
      .slice(1, -1)
      .split('::')
      .map((half) => half.match(/\w+/g) ?? [])
    return [...head, ...Array(8 - head.length - tail.length).fill('0'), ...tail]
      .map((group) => Number.parseInt(group, 16).toString(2).padStart(16, '0'))
      .join('')
  } catch {
    return null
  }
}

export function parseNetwork(text: string): Network | null {
  const [, host = '', length] = /^([^/]*)(?:\/(0|[1-9]\d{0,2}))?$/.exec(text) ?? []
  const bits = length ? Number(length) + (host.includes(':') ? 0 : MAPPED_BITS) : 128
  return bits > 128 ? null : (parseAddress(host)?.slice(0, bits) ?? null)
}

/** A network of IPv6 never holds an IPv4 address. */
export function holds(network: Network, address: Address): boolean {
  return address.startsWith(network) && (network.length >= MAPPED_BITS || !/^0{80}1{16}/.test(address))
}
