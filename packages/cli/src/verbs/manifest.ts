import type { Command } from 'commander'
import { type AccessOptions, readAccess, withAccess } from '../access.ts'
import { askService } from '../ask-service.ts'
import { chooseProject, type ProjectOptions, withProject } from '../choose-project.ts'
import { readKnownFlags } from '../codegen/known-flags.ts'
import { generateManifest } from '../codegen/manifest.ts'
import { updateFiles } from '../codegen/update-file.ts'
import { manifestUpdate } from './codegen.ts'

interface Options extends AccessOptions, ProjectOptions {
  out?: string
  check?: boolean
}

export function addManifest(program: Command): void {
  withProject(withAccess(program.command('manifest')))
    .summary("write OpenFeature's flag manifest")
    .description(
      'Prints the flags of a project as a manifest for `openfeature generate`, which writes accessors for Go, Python,\n' +
        'C#, Java and others. Archived flags are not in it.',
    )
    .option('--out <file>', 'write it to a file instead, if it changed')
    .option('--check', 'with --out: write nothing; exit with 1 when the file is not up to date (for CI)')
    .action(async (options: Options, command: Command) => {
      if (options.check && options.out === undefined) command.error('error: --check needs --out <file>')
      const api = askService(readAccess(options))
      const project = await chooseProject(api, options)
      const text = generateManifest(await readKnownFlags(api, project, false))
      if (options.out === undefined) process.stdout.write(text)
      else console.log((await updateFiles([manifestUpdate(options.out, text)], options.check === true)).join(', '))
    })
}
