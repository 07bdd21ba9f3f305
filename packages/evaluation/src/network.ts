// IP addresses and networks in conditions. An IPv4 address and the same one written as IPv6 (::ffff:192.0.2.1) are one
// address: a proxy decides which of them an application sees.

/** Four 32-bit words; an IPv4 address stands behind the prefix ::ffff:0:0/96. */
export type Address = readonly [number, number, number, number]

export interface Network {
  readonly address: Address
  /** Leading bits that must be equal, 0 .. 128. */
  readonly bits: number
}

/** The third word of an IPv4 address. */
const MAPPED = 0xffff
const MAPPED_BITS = 96

/** Reads an address; null when the text is none. Zone ids (`fe80::1%eth0`) name no network and are refused. */
export function parseAddress(text: string): Address | null {
  if (text.includes(':')) return parseIPv6(text)
  const word = parseIPv4(text)
  return word < 0 ? null : [0, 0, MAPPED, word]
}

/** Reads `192.0.2.0/24`, `2001:db8::/32`, or one address; null when the text is none of them. */
export function parseNetwork(text: string): Network | null {
  const slash = text.indexOf('/')
  const address = parseAddress(slash < 0 ? text : text.slice(0, slash))
  if (address === null) return null
  if (slash < 0) return { address, bits: 128 }
  const length = text.slice(slash + 1)
  if (!/^(0|[1-9]\d{0,2})$/.test(length)) return null
  const bits = Number(length) + (text.includes(':') ? 0 : MAPPED_BITS)
  return bits > 128 ? null : { address, bits }
}

/** A network of IPv6 never holds an IPv4 address, although ::/0 would by its bits alone. */
export function holds({ address: network, bits }: Network, address: Address): boolean {
  if (bits < MAPPED_BITS && isIPv4(address)) return false
  for (let word = 0, left = bits; left > 0; word++, left -= 32) {
    const different = (network[word] as number) ^ (address[word] as number)
    if ((left >= 32 ? different : different >>> (32 - left)) !== 0) return false
  }
  return true
}

function isIPv4([first, second, third]: Address): boolean {
  return first === 0 && second === 0 && third === MAPPED
}

/** Below 0 for what is no address. Leading zeros are refused: some systems read them as octal. */
function parseIPv4(text: string): number {
  const parts = text.split('.')
  if (parts.length !== 4) return -1
  let word = 0
  for (const part of parts) {
    if (!/^(0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255) return -1
    word = word * 256 + Number(part)
  }
  return word
}

function parseIPv6(text: string): Address | null {
  const halves = text.split('::')
  if (halves.length > 2) return null
  const head = groupsOf(halves[0] as string, halves.length === 1)
  const tail = halves.length === 1 ? [] : groupsOf(halves[1] as string, true)
  if (head === null || tail === null) return null
  const missing = 8 - head.length - tail.length
  // `::` stands for at least one group.
  if (halves.length === 1 ? missing !== 0 : missing < 1) return null
  const groups = [...head, ...Array.from({ length: missing }, () => 0), ...tail]
  const word = (at: number) => (groups[at] as number) * 65_536 + (groups[at + 1] as number)
  return [word(0), word(2), word(4), word(6)]
}

/** 16-bit groups; an IPv4 address may stand for the last two. */
function groupsOf(text: string, isEnd: boolean): number[] | null {
  if (text === '') return []
  const groups: number[] = []
  const parts = text.split(':')
  for (const [at, part] of parts.entries()) {
    if (isEnd && at === parts.length - 1 && part.includes('.')) {
      const word = parseIPv4(part)
      if (word < 0) return null
      groups.push(Math.floor(word / 65_536), word % 65_536)
    } else {
      if (!/^[0-9A-Fa-f]{1,4}$/.test(part)) return null
      groups.push(Number.parseInt(part, 16))
    }
  }
  return groups
}
