// OpenFeature's test flags, in our service. Their format is that of the in-memory provider of the OpenFeature SDKs.
import flags from './test-flags.json' with { type: 'json' }
import { admin, configure } from '../live/given.ts'

interface TestFlag {
  variants: Record<string, unknown>
  defaultVariant?: string | null
  disabled?: boolean
  contextEvaluator?: string
}

/** What the scenarios give as the default of each type: a flag that is switched off answers it as its own off variant. */
const DEFAULTS: Record<string, unknown> = { boolean: false, string: 'bye', integer: 1, float: 0.1, object: { a: 1 } }

const RULES: Record<string, object[]> = {
  "email == 'ballmer@macrosoft.com' ? 'zero' : ''": [
    { attribute: 'email', op: 'in', values: ['ballmer@macrosoft.com'] },
  ],
  "!customer && email == 'ballmer@macrosoft.com' && age > 10 ? 'internal' : ''": [
    { attribute: 'customer', op: 'in', values: [false] },
    { attribute: 'email', op: 'in', values: ['ballmer@macrosoft.com'] },
    { attribute: 'age', op: 'greaterThan', values: [10] },
  ],
}

/** Creates all of them that have a default variant. */
export async function createTestFlags(): Promise<void> {
  for (const [key, flag] of Object.entries(flags as unknown as Record<string, TestFlag>)) {
    if (typeof flag.defaultVariant === 'string' && key !== 'wrong-flag') await createTestFlag(key, flag)
  }
}

async function createTestFlag(key: string, flag: TestFlag): Promise<void> {
  const isBoolean = typeof Object.values(flag.variants)[0] === 'boolean'
  const variants = Object.entries(flag.variants).map(([name, value]) => ({ name, value }))
  const offVariant = isBoolean ? 'off' : 'default'
  const nameOf = (variant: string) => (isBoolean ? (flag.variants[variant] === true ? 'on' : 'off') : variant)
  const typed = isBoolean
    ? {}
    : {
        type: typeof variants[0]?.value,
        offVariant,
        variants: [...variants, { name: offVariant, value: DEFAULTS[key.split('-')[0] ?? ''] ?? '' }],
      }
  await admin('POST', '/flags', { key, clientVisible: true, ...typed }).catch(allowExisting)
  const conditions = RULES[flag.contextEvaluator ?? '']
  const serve = { variant: nameOf(flag.contextEvaluator?.includes('internal') ? 'internal' : 'zero') }
  await configure(key, {
    on: !flag.disabled,
    defaultServe: { variant: nameOf(flag.defaultVariant as string), rollout: null },
    ...(conditions ? { rules: [{ id: 'email', conditions, serve }] } : {}),
  })
}

/** Two test files may share a service. */
function allowExisting(error: Error): void {
  if (!error.message.includes('409')) throw error
}
