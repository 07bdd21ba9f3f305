import { isIPv6 } from 'node:net'
import type { Context } from 'hono'
import type { AppEnv } from './app-env.ts'

/**
 * The address a request came from. Behind `proxies` proxies it is the one that the outermost of them saw: what stands
 * before it in X-Forwarded-For was written by whoever asked and proves nothing.
 */
export function addressOf(c: Context<AppEnv>, proxies: number): string {
  const socket = c.env?.incoming?.socket?.remoteAddress ?? 'unknown'
  if (proxies === 0) return plain(socket)
  const forwarded = (c.req.header('x-forwarded-for') ?? '').split(',').map((part) => part.trim())
  return plain(forwarded.at(-proxies) || socket)
}

/** What counts as one network: an address of IPv4, the first 64 bits of IPv6, which one household has whole. */
export function networkOf(address: string): string {
  if (!isIPv6(address)) return address
  const [head = '', tail] = address.split('::')
  const left = head === '' ? [] : head.split(':')
  const right = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = tail === undefined ? [] : Array.from({ length: 8 - left.length - right.length }, () => '0')
  const groups = [...left, ...zeros, ...right].slice(0, 4)
  return groups.map((group) => Number.parseInt(group, 16).toString(16)).join(':')
}

/** IPv4 as IPv6 writes it is IPv4: two spellings must not be two networks. */
function plain(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, '')
}
