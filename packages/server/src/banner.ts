import { ConfigError, type Config } from './config.ts'
import { DatabaseAway } from './db/store.ts'
import type { RunningServer } from './server.ts'
import { StorageBroken } from './storage/data-directory.ts'
import { DirectoryInUse } from './storage/directory-lock.ts'

/** What a person sees when the service has started: where it is, what the storage promises, how to get in. */
export function describeStart(server: RunningServer, config: Config): string {
  const lines = ['', `Rampart is at ${server.url}`, `Storage   ${describeStorage(config)}`]
  if (server.setUpToken) {
    const link = `${config.publicUrl ?? server.url}/set-up#${server.setUpToken}`
    lines.push(`Set up    ${link}`, '          Open it to make the first account. It works once, for a day.')
  }
  return [...lines, ''].join('\n')
}

function describeStorage({ databaseUrl, dataDir }: Config): string {
  if (databaseUrl) return `PostgreSQL at ${withoutPassword(databaseUrl)}`
  return `embedded, in ${dataDir}: survives a crash, not a power cut. For production set DATABASE_URL.`
}

/** Host, port and database of a URL; never its password. */
function withoutPassword(url: string): string {
  try {
    const { host, pathname } = new URL(url)
    return host + pathname
  } catch {
    return 'DATABASE_URL'
  }
}

/** Why it did not start. Those that a person can mend come without a stack. */
export function describeStartFailure(error: unknown): string {
  if (error instanceof ConfigError || error instanceof DirectoryInUse || error instanceof StorageBroken) {
    return error.message
  }
  if (!(error instanceof Error)) return String(error)
  const { code } = error as NodeJS.ErrnoException
  if (code === 'EADDRINUSE')
    return `${error.message}. Something listens there already: stop it, or choose another PORT.`
  if (error instanceof DatabaseAway) {
    return `The database of DATABASE_URL cannot be reached, and there is no copy of it here to serve: ${error.message}`
  }
  return error.stack ?? error.message
}
