import type { Attributes } from '@rampart/evaluation'
import type { EvaluatedFlags } from './evaluated-flags.ts'

/** The part of `localStorage` that is used. */
export type KeyValueStorage = Pick<Storage, 'getItem' | 'setItem'>

export interface BrowserClientOptions {
  /** Where the service is, for example `https://flags.example.com`. */
  url: string
  /** A client key, `rpc_...`. Everybody can read it: it shows values of flags made visible to clients, and no rules. */
  clientKey: string
  /** Who is looking: `targetingKey` and any attributes. A visitor without `targetingKey` is bucketed by `deviceId`. */
  context?: Attributes | undefined
  /** The `flags` of an answer of `POST /sdk/v1/evaluate` that the server wrote into the page, for its first paint. */
  bootstrap?: EvaluatedFlags | undefined
  /** Keeps the last known values and the device id. Default `localStorage`; null keeps nothing. */
  storage?: KeyValueStorage | null | undefined
  /** Used instead of the global `fetch`. */
  fetch?: typeof fetch | undefined
  /** Gets what people should know. Without it warnings go to `console.warn`. */
  onWarning?: ((message: string) => void) | undefined
}

/** @throws TypeError for a wrong option, and only here */
export function checkOptions({ url, clientKey }: BrowserClientOptions): void {
  if (!/^https?:\/\/[^?#@]+$/.test(url)) throw new TypeError('url must be like https://...')
  // A server key in a page would show every rule to everybody.
  if (!/^rpc_[\x21-\x7e]+$/.test(clientKey)) throw new TypeError('clientKey must be like rpc_...')
}
