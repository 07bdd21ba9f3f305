import { OpenAPIHono, z } from '@hono/zod-openapi'
import type { Deps } from '../deps.ts'
import { apiRoute, jsonAnswer } from '../http/api-route.ts'
import type { AppEnv } from '../http/app-env.ts'
import { listProjects } from './projects.queries.ts'

const projectsSchema = z
  .object({
    projects: z.array(
      z.object({
        key: z.string(),
        name: z.string(),
        environments: z.array(
          z.object({
            key: z.string(),
            name: z.string(),
            production: z.boolean(),
            position: z.int(),
            revision: z.int(),
          }),
        ),
      }),
    ),
  })
  .openapi('Projects')

export function projectRoutes({ store }: Deps) {
  return new OpenAPIHono<AppEnv>().openapi(
    apiRoute('projects:read', {
      method: 'get',
      path: '/api/v1/projects',
      tags: ['projects'],
      summary: 'Projects and their environments',
      responses: { 200: jsonAnswer(projectsSchema, 'Every project you may see.') },
    }),
    async (c) => c.json({ projects: await listProjects(store.db, c.var.grants) }, 200),
  )
}
