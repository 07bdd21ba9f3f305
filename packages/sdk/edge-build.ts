// How the edge build becomes small. tsdown.config.ts makes it so, and so does whatever measures or tests it.
import { build } from 'esbuild'
import { minify } from 'terser'

/** Where the evaluation has two of a part, take the small one instead of the fast one (its package.json says which). */
export const CONDITIONS = ['small']

/** Properties that only compiled flags have: no document, no answer, no option and no web interface knows them. */
export const INNER_PROPERTIES = [
  'accepts',
  'always',
  'answers',
  'bounds',
  'controlSlot',
  'findRamp',
  'groups',
  'imported',
  'inclusion',
  'indexKeys',
  'inside',
  'isKey',
  'isPlain',
  'kind',
  'offSlot',
  'only',
  'operand',
  'outside',
  'prepare',
  'problem',
  'segment',
  'share',
  'shareConditions',
  'slot',
  'steps',
  'unidentified',
  'unmet',
  'variantSeed',
  'wanted',
]

/** The same program, as short as it can be written: one tool is good at syntax, the other at names. */
export async function minifyEdge(code: string): Promise<string> {
  const options = { bundle: true, minifySyntax: true, write: false, format: 'esm', target: 'es2022' } as const
  const { outputFiles } = await build({ stdin: { contents: code }, ...options })
  const { code: short } = await minify(outputFiles[0]?.text ?? '', {
    module: true,
    ecma: 2020,
    compress: { passes: 3, unsafe: true, unsafe_arrows: true, pure_getters: true },
    mangle: { properties: { regex: new RegExp(`^(?:${INNER_PROPERTIES.join('|')})$`) } },
  })
  return short as string
}
