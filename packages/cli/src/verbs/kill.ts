import type { Command } from 'commander'
import { type KillOptions, setKilled, withKillOptions } from '../kill-switch.ts'

export function addKill(program: Command): void {
  withKillOptions(program.command('kill'))
    .summary('give everybody the off variant of a flag, at once')
    .description(
      'Everybody gets the off variant, whatever rules and ramps say, in every running process. Asks nothing, and may be\n' +
        'repeated. Ends well when it was applied, whether or not every process has confirmed it within --wait.',
    )
    .action((flag: string, options: KillOptions) => setKilled(flag, true, options))
}
