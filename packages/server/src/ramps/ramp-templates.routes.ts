import { OpenAPIHono, z } from '@hono/zod-openapi'
import type { Deps } from '../deps.ts'
import { actingIn } from '../http/acting.ts'
import { apiRoute, jsonAnswer, jsonBody } from '../http/api-route.ts'
import type { AppEnv } from '../http/app-env.ts'
import { dropTemplate, keepTemplate, listTemplates } from './ramp-templates.ts'
import { newTemplateSchema, templateNameSchema, templateSchema } from './ramps.schemas.ts'

const tags = ['ramps']
const base = '/api/v1/projects/{project}/ramp-templates' as const

export function rampTemplateRoutes({ store: { db } }: Deps) {
  return new OpenAPIHono<AppEnv>()
    .openapi(
      apiRoute('flags:read', {
        method: 'get',
        path: base,
        tags,
        summary: 'Plans for the next ramp: the built-in ones and those of the project',
        request: { params: z.object({ project: z.string() }) },
        responses: { 200: jsonAnswer(z.object({ templates: z.array(templateSchema) }), 'The templates.') },
      }),
      async (c) => c.json({ templates: await listTemplates(db, c.req.valid('param').project) }, 200),
    )
    .openapi(
      apiRoute('ramps:write', {
        method: 'put',
        path: `${base}/{template}`,
        tags,
        summary: 'Store a template, or replace it',
        request: {
          params: z.object({ project: z.string(), template: templateNameSchema }),
          body: jsonBody(newTemplateSchema),
        },
        responses: { 200: jsonAnswer(templateSchema, 'The template.') },
      }),
      async (c) => {
        const { project, template } = c.req.valid('param')
        return c.json(await keepTemplate(db, project, template, c.req.valid('json'), actingIn(c)), 200)
      },
    )
    .openapi(
      apiRoute('ramps:write', {
        method: 'delete',
        path: `${base}/{template}`,
        tags,
        summary: 'Delete a template; ramps that were planned with it keep their plan',
        request: { params: z.object({ project: z.string(), template: z.string() }) },
        responses: { 204: { description: 'Gone.' } },
      }),
      async (c) => {
        const { project, template } = c.req.valid('param')
        await dropTemplate(db, project, template, actingIn(c))
        return c.body(null, 204)
      },
    )
}
