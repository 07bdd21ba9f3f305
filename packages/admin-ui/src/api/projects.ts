import { path, send } from './client.ts'
import type { Environment, Project } from '../contract.ts'

/** Every project with its environments, in their own order. */
export async function listProjects(signal?: AbortSignal): Promise<Project[]> {
  const { projects } = await send<{ projects: Project[] }>('GET', path('projects'), signal ? { signal } : {})
  for (const project of projects) project.environments.sort((a, b) => a.position - b.position)
  return projects
}

/** A project with development, staging and production. */
export function createProject(project: { key: string; name: string }): Promise<Project> {
  return send('POST', path('projects'), { body: project })
}

/** An environment in which every flag is off, or as it is in `copyFrom`. */
export function createEnvironment(
  project: string,
  environment: { key: string; name: string; copyFrom?: string },
): Promise<Project> {
  return send('POST', path('projects', project, 'environments'), { body: environment })
}

/** Changes what an environment is and asks; its key stays. */
export function editEnvironment(
  project: string,
  environment: string,
  patch: Partial<Environment>,
): Promise<Environment> {
  return send('PATCH', path('projects', project, 'environments', environment), { body: patch })
}
