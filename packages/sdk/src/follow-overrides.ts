// Where a developer's overrides come from: the option, else RAMPART_OVERRIDES, each JSON or the path of a file with it.
import { type Overrides, parseOverrides } from './overrides.ts'
import { messageOf } from './service.ts'
import type { OnWarning } from './warnings.ts'

const VARIABLE = 'RAMPART_OVERRIDES'
const LOOK_EVERY_MS = 500

export interface FollowedOverrides {
  /** Settles when a file has been read for the first time. */
  readonly known: Promise<void>
  stop(): void
}

/**
 * Hands over the overrides of this process, at once, and again when their file changes.
 * @param given the option of `createClient`; false for none, whatever the environment says
 */
export function followOverrides(
  given: Overrides | string | false | undefined,
  take: (overrides: Overrides) => void,
  warn: OnWarning,
): FollowedOverrides {
  const nothing = { known: Promise.resolve(), stop: () => undefined }
  const source = given ?? fromEnvironment(warn)
  if (source === undefined || source === false || source === '') return nothing
  if (typeof source === 'object') {
    take(source)
    return nothing
  }
  if (!source.trimStart().startsWith('{')) return followFile(source, take, warn)
  try {
    take(parseOverrides(source))
  } catch (error) {
    warn(`the overrides cannot be used: ${messageOf(error)}`)
  }
  return nothing
}

function fromEnvironment(warn: OnWarning): string | undefined {
  let set: string | undefined
  let isProduction = false
  try {
    const env = globalThis.process?.env
    set = env?.[VARIABLE]
    isProduction = env?.['NODE_ENV'] === 'production'
  } catch {
    // Deno asks its user before it tells; who declines has no overrides.
  }
  if (set === undefined || set === '' || !isProduction) return set
  warn(`${VARIABLE} is ignored, because NODE_ENV is production: who means it sets the option \`overrides\``)
  return undefined
}

function followFile(path: string, take: (overrides: Overrides) => void, warn: OnWarning): FollowedOverrides {
  let isStopped = false
  let unwatch: () => void = () => undefined

  async function read(): Promise<void> {
    try {
      const { readFile } = await import('node:fs/promises')
      const overrides = parseOverrides(await readFile(path, 'utf8'))
      if (!isStopped) take(overrides)
    } catch (error) {
      // A file that is half written or gone for a moment takes nothing away.
      warn(`the overrides in ${path} cannot be used: ${messageOf(error)}`)
    }
  }

  async function start(): Promise<void> {
    await read()
    // Looked at, not subscribed to: editors replace files, and what is subscribed to the old one hears no more.
    const { unwatchFile, watchFile } = await import('node:fs')
    if (isStopped) return
    const look = () => void read()
    watchFile(path, { interval: LOOK_EVERY_MS, persistent: false }, look)
    unwatch = () => unwatchFile(path, look)
  }

  return {
    known: start().catch((error: unknown) => warn(`the overrides in ${path} cannot be followed: ${messageOf(error)}`)),
    stop() {
      isStopped = true
      unwatch()
    },
  }
}
