import { path, send } from './client.ts'
import type { Project } from '../contract.ts'

/** Every project with its environments, in their own order. */
export async function listProjects(signal?: AbortSignal): Promise<Project[]> {
  const { projects } = await send<{ projects: Project[] }>('GET', path('projects'), signal ? { signal } : {})
  for (const project of projects) project.environments.sort((a, b) => a.position - b.position)
  return projects
}
