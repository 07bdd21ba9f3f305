// OpenFeature's flag manifest, from which its own command line generates accessors for other languages.
import type { JsonValue } from '@rampart/sdk'
import type { KnownFlag } from './known-flags.ts'

const SCHEMA = 'https://raw.githubusercontent.com/open-feature/cli/main/schema/v0/flag-manifest.json'

interface ManifestFlag {
  flagType: 'boolean' | 'string' | 'integer' | 'float' | 'object'
  defaultValue: JsonValue
  description?: string
}

/** Text of the manifest. Archived flags are not in it: it has no word for them. */
export function generateManifest(flags: readonly KnownFlag[]): string {
  const entries = flags.filter(({ isArchived }) => !isArchived).map((flag) => [flag.key, describe(flag)] as const)
  return `${JSON.stringify({ $schema: SCHEMA, flags: Object.fromEntries(entries) }, null, 2)}\n`
}

function describe(flag: KnownFlag): ManifestFlag {
  const description = flag.description.trim() || flag.name
  return { flagType: manifestType(flag), defaultValue: flag.offValue, ...(description ? { description } : {}) }
}

/** The manifest tells whole numbers from others; a flag is of whole numbers when all its variants are. */
function manifestType({ type, variants }: KnownFlag): ManifestFlag['flagType'] {
  if (type !== 'number') return type
  return variants.every(({ value }) => Number.isInteger(value)) ? 'integer' : 'float'
}
