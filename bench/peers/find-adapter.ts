import { existsSync, readdirSync } from 'node:fs'
import type { Snapshot } from '@rampart/sdk'

/** What each file of adapters/ exports a list of. */
export interface Adapter {
  name: string
  /** Must be installed for the adapter to take part; none for our own. */
  package?: string
  /** Its calls return promises, and are awaited one by one as an application would. */
  isAsync?: boolean
  /** Its document is text, which it reads by itself. */
  isText?: boolean
  translate(snapshot: Snapshot): unknown
  /** @param serviceUrl where the same document can be fetched, for those that take it from nowhere else */
  open(document: unknown, flagKey: string, serviceUrl: string): Promise<Subject>
  /** The file it stands in. */
  file: string
}

export interface Subject {
  userOf(person: object): unknown
  isEnabled(user: unknown): boolean | Promise<boolean>
  allFlags(user: unknown): Record<string, unknown> | Promise<Record<string, unknown>>
  /** A flag that is missing among all of them means `false`. */
  leavesOut?: boolean
  close(): unknown
}

const folder = new URL('adapters/', import.meta.url)

/** Every adapter whose package is installed, `bare` and `rampart` first. */
export async function installedAdapters(): Promise<Adapter[]> {
  const found: Adapter[] = []
  for (const file of readdirSync(folder).sort()) {
    const { adapters } = (await import(new URL(file, folder).href)) as { adapters: Adapter[] }
    for (const adapter of adapters) {
      const isInstalled = !adapter.package || existsSync(new URL(`node_modules/${adapter.package}`, import.meta.url))
      if (isInstalled) found.push({ ...adapter, file })
    }
  }
  const rank = ({ name }: Adapter) => ['bare', 'rampart'].indexOf(name) + 1 || 3
  return found.sort((a, b) => rank(a) - rank(b))
}

/** One adapter, loading no other peer. */
export async function findAdapter(file: string, name: string): Promise<Adapter | undefined> {
  const { adapters } = (await import(new URL(file, folder).href)) as { adapters: Adapter[] }
  return adapters.find((adapter) => adapter.name === name)
}
