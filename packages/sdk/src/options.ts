import type { Snapshot } from '@rampart/evaluation'
import type { Overrides } from './overrides.ts'
import type { OnWarning } from './warnings.ts'

export interface ClientOptions {
  /** Where the service is, for example `https://flags.example.com`. A path before `/sdk/v1` is kept. */
  url: string
  /** A server key, `rps_...`. Undefined is refused with a message, so `process.env.RAMPART_SDK_KEY` may stand here. */
  sdkKey: string | undefined
  /** Name of this process for people, shown beside its confirmations: `shop-7`. */
  name?: string | undefined
  /** Folder for the last known flags. A process that starts while the service is away serves them. */
  diskPath?: string | undefined
  /** Flags to serve until anything newer is known: a snapshot object, or the text of `GET /sdk/v1/snapshot`. */
  bootstrap?: Snapshot | string | undefined
  /** Used instead of the global `fetch`. */
  fetch?: typeof fetch | undefined
  /** Gets what people should know. Without it warnings go to `console.warn`. */
  onWarning?: OnWarning | undefined
  /** Milliseconds between snapshots while no stream can be had. Default 30 000, at least 1 000. */
  pollIntervalMs?: number | undefined
  /** Milliseconds between sendings of exposure counts, give or take a fifth. Default 10 000, at least 100. */
  flushIntervalMs?: number | undefined
  /** Milliseconds between the service's heartbeats; a stream silent for three of them is given up. Default 15 000. */
  heartbeatMs?: number | undefined
  /**
   * Values that flags have in this process for everybody, for a developer at work: an object, JSON, or the path of a file
   * with JSON, which is read again when it changes. Without it the variable RAMPART_OVERRIDES is, unless NODE_ENV is
   * `production`. `false` for none.
   */
  overrides?: Overrides | string | false | undefined
}

/** Options that were checked and completed. */
export interface Settings extends ClientOptions {
  sdkKey: string
  pollIntervalMs: number
  flushIntervalMs: number
  heartbeatMs: number
}

const KNOWN_OPTIONS = new Set([
  'url',
  'sdkKey',
  'name',
  'diskPath',
  'bootstrap',
  'fetch',
  'onWarning',
  'pollIntervalMs',
  'flushIntervalMs',
  'heartbeatMs',
  'overrides',
])

/** @throws TypeError for a wrong option; the message says what to do */
export function readOptions(options: ClientOptions): Settings {
  if (typeof options !== 'object' || options === null) {
    throw new TypeError('createClient needs options: createClient({ url, sdkKey })')
  }
  const unknown = Object.keys(options).find((name) => !KNOWN_OPTIONS.has(name))
  if (unknown !== undefined) {
    throw new TypeError(`unknown option "${unknown}": the options are ${[...KNOWN_OPTIONS].join(', ')}`)
  }
  const sdkKey = readKey(options.sdkKey)
  refuseBrowser()
  return {
    ...options,
    url: readUrl(options.url),
    sdkKey,
    name: readText('name', options.name, 100),
    diskPath: readText('diskPath', options.diskPath, 4_096),
    fetch: readFunction('fetch', options.fetch),
    onWarning: readFunction('onWarning', options.onWarning),
    pollIntervalMs: readInterval('pollIntervalMs', options.pollIntervalMs, 30_000, 1_000),
    flushIntervalMs: readInterval('flushIntervalMs', options.flushIntervalMs, 10_000, 100),
    heartbeatMs: readInterval('heartbeatMs', options.heartbeatMs, 15_000, 100),
    overrides: readOverrides(options.overrides),
  }
}

function readUrl(url: unknown): string {
  const advice = 'give the address of the service, for example "https://flags.example.com"'
  if (typeof url !== 'string' || !URL.canParse(url)) throw new TypeError(`url must be an address: ${advice}`)
  const { protocol, username, password, search, hash, origin, pathname } = new URL(url)
  if (protocol !== 'http:' && protocol !== 'https:')
    throw new TypeError(`url must begin with http:// or https://: ${advice}`)
  if (username || password || search || hash) throw new TypeError(`url must hold no credentials, "?" or "#": ${advice}`)
  return origin + pathname.replace(/\/+$/, '')
}

function readKey(sdkKey: unknown): string {
  if (typeof sdkKey !== 'string' || sdkKey === '') {
    throw new TypeError('sdkKey is missing: create a server key in the console and pass it here (is its variable set?)')
  }
  if (!/^[\x21-\x7e]+$/.test(sdkKey)) {
    throw new TypeError('sdkKey has characters that no key has: copy it again, without spaces or line breaks')
  }
  if (/^rp[ct]_/.test(sdkKey)) {
    const kind = sdkKey.startsWith('rpc_') ? 'a client key' : 'an API token'
    throw new TypeError(`sdkKey is ${kind}: this SDK needs a server key, which begins with rps_`)
  }
  return sdkKey
}

/** A server key reads every rule and every listed id: in a page it would be public. */
function refuseBrowser(): void {
  if ('window' in globalThis && 'document' in globalThis) {
    throw new TypeError(
      'a server key must not be used in a browser window: evaluate on the server and send the answers',
    )
  }
}

function readText(option: string, value: unknown, longest: number): string | undefined {
  if (value === undefined) return undefined
  if (typeof value === 'string' && value !== '' && value.length <= longest) {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
    if (option !== 'name' || /^[\x20-\x7e]+$/.test(value)) return value
  }
  throw new TypeError(
    `${option} must be text of 1 to ${longest} ${option === 'name' ? 'printable ASCII ' : ''}characters`,
  )
}

function readFunction<T>(option: string, value: T | undefined): T | undefined {
  if (value === undefined || typeof value === 'function') return value
  throw new TypeError(`${option} must be a function`)
}

function readOverrides(value: ClientOptions['overrides']): ClientOptions['overrides'] {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
  if (value === undefined || value === false || typeof value === 'string' || isObject) return value
  throw new TypeError('overrides must be an object of flag keys and values, JSON, the path of a file with it, or false')
}

function readInterval(option: string, value: unknown, usual: number, least: number): number {
  if (value === undefined) return usual
  if (typeof value === 'number' && value >= least && value <= 86_400_000) return value
  throw new TypeError(`${option} must be a number of milliseconds, from ${least} to 86400000`)
}
