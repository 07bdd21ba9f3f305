// What the SDK adds to an application: bundled, minified, compressed. Each entry point measured alone.
import { bundle, ENTRIES } from '../packages/sdk/test/bundle.ts'

export async function measure(): Promise<object> {
  const sizes = await Promise.all(
    (Object.keys(ENTRIES) as (keyof typeof ENTRIES)[]).map(async (entry) => {
      const { code: _, largest, ...figures } = await bundle(entry)
      return [entry, { ...figures, largest: largest.slice(0, 8) }] as const
    }),
  )
  return { unit: 'bytes', ...Object.fromEntries(sizes) }
}
