import { OpenAPIHono, z } from '@hono/zod-openapi'
import type { Deps } from '../deps.ts'
import { actingIn } from '../http/acting.ts'
import { apiRoute, jsonAnswer, jsonBody, mergePatchBody } from '../http/api-route.ts'
import type { AppEnv } from '../http/app-env.ts'
import { createEnvironment } from './create-environment.ts'
import { createProject } from './create-project.ts'
import { editEnvironment } from './edit-environment.ts'
import { findEnvironment, listProjects, readProject, summary } from './projects.queries.ts'
import {
  environmentPatchSchema,
  environmentSummarySchema,
  newEnvironmentSchema,
  newProjectSchema,
  projectSchema,
} from './projects.schemas.ts'

const tags = ['projects']

export function projectRoutes({ store }: Deps) {
  return new OpenAPIHono<AppEnv>()
    .openapi(
      apiRoute('projects:read', {
        method: 'get',
        path: '/api/v1/projects',
        tags,
        summary: 'Projects and their environments',
        responses: { 200: jsonAnswer(z.object({ projects: z.array(projectSchema) }), 'Every project you may see.') },
      }),
      async (c) => c.json({ projects: await listProjects(store.db, c.var.grants) }, 200),
    )
    .openapi(
      apiRoute('projects:write', {
        method: 'post',
        path: '/api/v1/projects',
        tags,
        summary: 'Create a project with development, staging and production',
        request: { body: jsonBody(newProjectSchema) },
        responses: { 201: jsonAnswer(projectSchema, 'The new project.') },
      }),
      async (c) => {
        const input = c.req.valid('json')
        await createProject(store.db, input, actingIn(c, input.reason))
        return c.json(await readProject(store.db, input.key), 201)
      },
    )
    .openapi(
      apiRoute('projects:write', {
        method: 'post',
        path: '/api/v1/projects/{project}/environments',
        tags,
        summary: 'Create an environment: every flag off, or as it is in another environment',
        request: { params: z.object({ project: z.string() }), body: jsonBody(newEnvironmentSchema) },
        responses: { 201: jsonAnswer(projectSchema, 'The project with its environments.') },
      }),
      async (c) => {
        const { project } = c.req.valid('param')
        const input = c.req.valid('json')
        await createEnvironment(store.db, project, input, actingIn(c, input.reason))
        return c.json(await readProject(store.db, project), 201)
      },
    )
    .openapi(
      apiRoute('settings:write', {
        method: 'patch',
        path: '/api/v1/projects/{project}/environments/{environment}',
        tags,
        summary:
          'Its name and place, whether it serves real users, and whether changes need a reason or a second person',
        request: {
          params: z.object({ project: z.string(), environment: z.string() }),
          body: mergePatchBody(environmentPatchSchema),
        },
        responses: { 200: jsonAnswer(environmentSummarySchema, 'The environment as it is now.') },
      }),
      async (c) => {
        const { project, environment } = c.req.valid('param')
        const { reason, ...rules } = c.req.valid('json')
        await editEnvironment(store.db, project, environment, rules, actingIn(c, reason))
        return c.json(summary(await findEnvironment(store.db, project, environment)), 200)
      },
    )
}
