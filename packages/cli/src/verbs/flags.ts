import type { Command } from 'commander'
import { type AccessOptions, readAccess, withAccess } from '../access.ts'
import { askService, pathParts } from '../ask-service.ts'
import { chooseEnvironment, chooseProject, type ProjectOptions, withProject } from '../choose-project.ts'

interface Options extends AccessOptions, ProjectOptions {
  environment?: string
  archived?: boolean
  json?: boolean
}

/** Weights are integers out of this. */
const WEIGHT_SCALE = 100_000

export function addFlags(program: Command): void {
  withProject(withAccess(program.command('flags')))
    .summary('list the flags of a project with their state')
    .description(
      'One line per flag: its state in each environment and how many people it reaches, its owner, its last change.',
    )
    .option('--environment <key>', 'this environment alone')
    .option('--archived', 'the archived flags instead')
    .option('--json', 'print what the service answers')
    .action(async (options: Options) => {
      const api = askService(readAccess(options))
      const project = await chooseProject(api, options)
      const chosen = options.environment ? [chooseEnvironment(project, options.environment)] : project.environments
      const response = await api.projects[':project'].flags.$get({
        param: pathParts({ project: project.key }),
        query: { archived: options.archived ? 'true' : 'false' },
      })
      const { flags } = await response.json()
      if (options.json) return console.log(JSON.stringify({ flags }, null, 2))
      const rows = flags.map(({ key, owner, environments, lastChange }) => [
        key,
        ...chosen.map((environment) => describeState(environments[environment.key])),
        owner,
        lastChange ? `${lastChange.at.slice(0, 16).replace('T', ' ')} ${lastChange.by}` : '',
      ])
      console.log(
        table([['FLAG', ...chosen.map(({ key }) => key.toUpperCase()), 'OWNER', 'LAST CHANGE (UTC)'], ...rows]),
      )
    })
}

function describeState(environment: { state: string; share: number } | undefined): string {
  if (environment === undefined) return ''
  const { state, share } = environment
  const percent = Number(((share / WEIGHT_SCALE) * 100).toFixed(3))
  return share > 0 && state !== 'off' && state !== 'killed' ? `${state} ${percent} %` : state
}

/** Columns as wide as what is in them, for eyes and for `grep`. */
function table(rows: readonly string[][]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)))
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
