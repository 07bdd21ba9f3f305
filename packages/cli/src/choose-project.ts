import type { Command } from 'commander'
import type { Api } from './ask-service.ts'
import { EXIT, Failure } from './failure.ts'

export interface ProjectOptions {
  project?: string
}

export interface Environment {
  key: string
  production: boolean
}

export interface Project {
  key: string
  /** In the order of screens. */
  environments: Environment[]
}

export function withProject(command: Command): Command {
  return command.option('--project <key>', 'which project (default: $RAMPART_PROJECT, or the only one)')
}

/**
 * The project that was named, or the only one there is.
 * @throws Failure MISUSE, with the projects there are
 */
export async function chooseProject(api: Api, options: ProjectOptions): Promise<Project> {
  const { projects } = await (await api.projects.$get()).json()
  const wanted = options.project ?? process.env['RAMPART_PROJECT']
  const names = projects.map(({ key }) => key).join(', ')
  if (wanted) {
    const found = projects.find(({ key }) => key === wanted)
    if (!found) throw new Failure(EXIT.MISUSE, `There is no project "${wanted}". Projects here: ${names || 'none'}.`)
    return found
  }
  const [only, ...others] = projects
  if (!only) throw new Failure(EXIT.MISUSE, 'The service has no project yet. Create one in the console.')
  if (others.length > 0) {
    throw new Failure(EXIT.MISUSE, `Which project? Set --project or RAMPART_PROJECT to one of: ${names}.`)
  }
  return only
}

/** The environment that was named, or else the production one. @throws Failure MISUSE, with the environments there are */
export function chooseEnvironment(project: Project, wanted: string | undefined): Environment {
  const names = project.environments.map(({ key }) => key).join(', ')
  if (wanted) {
    const found = project.environments.find(({ key }) => key === wanted)
    if (found) return found
    throw new Failure(EXIT.MISUSE, `Project "${project.key}" has no environment "${wanted}". There are: ${names}.`)
  }
  const production = project.environments.filter((environment) => environment.production)
  if (production.length === 1 && production[0]) return production[0]
  throw new Failure(EXIT.MISUSE, `Which environment? Set --environment to one of: ${names}.`)
}
