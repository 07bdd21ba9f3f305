#!/usr/bin/env node
// The command line. One file per verb; each calls the same API as the console. Arguments are read by commander: it has no
// dependencies, gives each verb its own help, and guesses what somebody who mistyped has meant.
import { Command, CommanderError } from 'commander'
import { EXIT, Failure } from './failure.ts'
import { addCodegen } from './verbs/codegen.ts'
import { addFlags } from './verbs/flags.ts'
import { addKill } from './verbs/kill.ts'
import { addManifest } from './verbs/manifest.ts'
import { addRestore } from './verbs/restore.ts'
import { VERSION } from './version.ts'

const program = new Command('rampart')
  .description('Feature flags: the switch, and typed accessors.')
  .version(VERSION)
  .showHelpAfterError('(add --help for the options)')
  .exitOverride()
  .addHelpText(
    'after',
    `\nExit codes: 0 done, 1 a file is not up to date (--check), 2 called wrongly, 3 refused or not answered.`,
  )

addKill(program)
addRestore(program)
addFlags(program)
addCodegen(program)
addManifest(program)

try {
  await program.parseAsync()
} catch (error) {
  process.exitCode = report(error)
}

/** Tells what went wrong and gives the exit code. A stack is for mistakes of ours alone. */
function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT.MISUSE
  if (error instanceof Failure) {
    console.error(error.message)
    return error.exitCode
  }
  console.error(error)
  return 70
}
