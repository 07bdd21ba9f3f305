import type { KnownFlag } from './known-flags.ts'

/** What people know about a flag, as the comment above it. Descriptions are free text: none may end the comment or be a tag. */
export function docComment(flag: KnownFlag, indent: string): string {
  const { key, name, description, owner, isArchived } = flag
  const lines = [
    ...(name && name !== key ? [...plainLines(name), ''] : []),
    ...(description ? [...plainLines(description), ''] : []),
    `Flag \`${key}\`${owner ? `, owner: ${plainLines(owner).join(' ')}` : ''}.`,
    ...(isArchived ? ['@deprecated Archived: it always answers the fallback. Remove the code that asks for it.'] : []),
  ]
  if (lines.length === 1) return `${indent}/** ${lines[0]} */\n`
  return [`${indent}/**`, ...lines.map((line) => `${indent} * ${line}`.trimEnd()), `${indent} */`, ''].join('\n')
}

function plainLines(text: string): string[] {
  return text
    .trim()
    .replaceAll('*/', '*\\/')
    .split(/\r\n|[\n\r\u2028\u2029]/)
    .map((line) =>
      line
        .replace(/\p{Cc}/gu, ' ')
        .trim()
        .replace(/^@/, '\\@'),
    )
}
