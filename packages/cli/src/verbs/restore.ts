import type { Command } from 'commander'
import { type KillOptions, setKilled, withKillOptions } from '../kill-switch.ts'

export function addRestore(program: Command): void {
  withKillOptions(program.command('restore'))
    .summary('take a kill back')
    .description(
      'The configuration of the flag is served again, as it stands now. Nothing happens to a flag that is not killed.',
    )
    .action((flag: string, options: KillOptions) => setKilled(flag, false, options))
}
