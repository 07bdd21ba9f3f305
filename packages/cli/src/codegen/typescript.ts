// The generated module. It depends on its flags alone: the same flags give the same bytes, on any machine, on any day.
import { nameAccessors } from './accessor-names.ts'
import { docComment } from './doc-comment.ts'
import type { KnownFlag } from './known-flags.ts'
import { valueType, variantType } from './type-text.ts'

/** Stands in the first lines of every generated file: a file without it is somebody's own, and is left alone. */
export const GENERATED_MARK = 'Written by `rampart codegen`'

/** Text of the module with the typed accessors of a project. */
export function generateTypeScript(project: string, flags: readonly KnownFlag[]): string {
  const names = nameAccessors(flags.map(({ key }) => key))
  const flagTypes = flags.map((flag) => {
    const fields = `{ value: ${valueType(flag)}; variant: ${variantType(flag)} }`
    return `${docComment(flag, '  ')}  ${JSON.stringify(flag.key)}: ${fields};\n`
  })
  const methods = flags.map((flag) => {
    const type = accessorType(flag)
    return `${docComment(flag, '  ')}  ${names.get(flag.key)}(user: User, fallback?: ${type}): ${type};\n`
  })
  const bodies = flags.map((flag) => `    ${names.get(flag.key)}: ${accessorBody(flag)},\n`)
  const visible = flags.filter(({ isClientVisible }) => isClientVisible).map(({ key }) => JSON.stringify(key))
  // Compilers may be told to refuse what is imported, or passed, and not used.
  const [imported, client] = flags.length === 0 ? ['AnyClient', '_client'] : ['AnyClient, User', 'client']
  return `/* eslint-disable */
// ${GENERATED_MARK} from project ${JSON.stringify(project)}. Do not edit: run it again.
import type { ${imported} } from "@rampart/sdk";

/** Every flag by its key. \`createClient<Flags>()\` refuses other keys, and fallbacks of another type, when it compiles. */
export type Flags = ${record(flagTypes)};

/** The flags that pages may see: \`createBrowserClient<PageFlags>()\`. */
export type PageFlags = Pick<Flags, ${visible.join(' | ') || 'never'}>;

/** One accessor per flag. The fallback is what holds while a flag is unknown: unless given, the value of its off variant. */
export interface FlagAccessors ${record(methods)}

/** \`flags(client).newCheckout(user)\`. Call it once, beside the client. */
export function flags(${client}: AnyClient): FlagAccessors {
  return {
${bodies.join('')}  };
}
`
}

function record(lines: readonly string[]): string {
  return lines.length === 0 ? '{}' : `{\n${lines.join('')}}`
}

/** What an accessor answers, and takes as its fallback. */
function accessorType({ key, type }: KnownFlag): string {
  return type === 'boolean' ? 'boolean' : `Flags[${JSON.stringify(key)}]["value"]`
}

function accessorBody(flag: KnownFlag): string {
  const key = JSON.stringify(flag.key)
  const off = JSON.stringify(flag.offValue)
  if (flag.type === 'boolean') return `(user, fallback = ${off}) => client.isEnabled(${key} as never, user, fallback)`
  const asked = `client.value(${key} as never, user, fallback as never)`
  return `(user, fallback = ${off}) => ${asked} as ${accessorType(flag)}`
}
