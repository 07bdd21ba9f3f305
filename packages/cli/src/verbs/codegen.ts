import { resolve } from 'node:path'
import type { Command } from 'commander'
import { type AccessOptions, readAccess, withAccess } from '../access.ts'
import { askService } from '../ask-service.ts'
import { chooseProject, type ProjectOptions, withProject } from '../choose-project.ts'
import { readKnownFlags } from '../codegen/known-flags.ts'
import { generateManifest } from '../codegen/manifest.ts'
import { GENERATED_MARK, generateTypeScript } from '../codegen/typescript.ts'
import { type Update, updateFiles } from '../codegen/update-file.ts'

interface Options extends AccessOptions, ProjectOptions {
  out: string
  manifest?: string
  archived: boolean
  check?: boolean
}

export function addCodegen(program: Command): void {
  withProject(withAccess(program.command('codegen')))
    .summary('write typed accessors for the flags of a project')
    .description(
      'Writes a TypeScript module with the flags of a project: a typed accessor for each, and a type with which the\n' +
        'SDK refuses wrong keys and wrong types when it compiles. The same flags give the same file.',
    )
    .option('--out <file>', 'where to write it', 'src/flags.gen.ts')
    .option('--manifest <file>', "write OpenFeature's flag manifest, too")
    .option('--no-archived', 'leave archived flags out, so that code which still asks for one no longer compiles')
    .option('--check', 'write nothing; exit with 1 when a file is not up to date (for CI)')
    .action(async (options: Options) => {
      const api = askService(readAccess(options))
      const project = await chooseProject(api, options)
      const flags = await readKnownFlags(api, project, options.archived)
      const updates: Update[] = [
        {
          path: resolve(options.out),
          text: generateTypeScript(project.key, flags),
          isOurs: (before) => before.slice(0, 500).includes(GENERATED_MARK),
        },
      ]
      if (options.manifest !== undefined) updates.push(manifestUpdate(options.manifest, generateManifest(flags)))
      const said = await updateFiles(updates, options.check === true)
      console.log(
        `${said.join(', ')}: ${flags.length === 1 ? '1 flag' : `${flags.length} flags`} of project "${project.key}".`,
      )
    })
}

/** A manifest carries no mark, so whatever looks like one may be replaced. */
export function manifestUpdate(path: string, text: string): Update {
  return { path: resolve(path), text, isOurs: (before) => before.trim() === '' || looksLikeManifest(before) }
}

function looksLikeManifest(text: string): boolean {
  try {
    return typeof (JSON.parse(text) as { flags?: unknown }).flags === 'object'
  } catch {
    return false
  }
}
