import { OpenAPIHono, z } from '@hono/zod-openapi'
import type { Deps } from '../deps.ts'
import { apiRoute, jsonAnswer } from '../http/api-route.ts'
import type { AppEnv } from '../http/app-env.ts'
import { strictObject } from '../http/strict-object.ts'
import { findProject } from '../projects/projects.queries.ts'
import { listAudit, readAuditEntry } from './audit.queries.ts'
import { verifyChain } from './chain.ts'
import { exportEntries, readHead } from './export-entries.ts'

const MAX_PAGE = 500

const auditEntrySchema = z
  .object({
    id: z.string(),
    at: z.iso.datetime(),
    actor: z.object({ kind: z.enum(['person', 'token', 'ramp', 'system']), id: z.string(), name: z.string() }),
    via: z.enum(['ui', 'api', 'trigger', 'ramp', 'system']),
    action: z.string(),
    sentence: z.string(),
    reason: z.string().nullable(),
    /** The second person, where one was needed. */
    approvedBy: z.string().nullable(),
    environment: z.string().nullable(),
    flag: z.string().nullable(),
    version: z.int().nullable(),
    revision: z.int().nullable(),
    before: z.unknown(),
    after: z.unknown(),
  })
  .openapi('AuditEntry')

const chainCheckSchema = z
  .union([
    z.object({ intact: z.literal(true), entries: z.int(), head: z.string(), keptAt: z.int().optional() }),
    z.object({ intact: z.literal(false), brokenAt: z.int(), message: z.string() }),
  ])
  .openapi('AuditCheck')

const limitMessage = `limit is a whole number from 1 to ${MAX_PAGE}.`
const auditQuerySchema = strictObject({
  flag: z.string().optional(),
  environment: z.string().optional(),
  before: z.coerce.number('before is the `next` of the page before.').int().min(1).optional(),
  limit: z.coerce.number(limitMessage).int(limitMessage).min(1, limitMessage).max(MAX_PAGE, limitMessage).default(50),
})

export function auditRoutes({ store }: Deps) {
  return new OpenAPIHono<AppEnv>()
    .openapi(
      apiRoute('audit:read', {
        method: 'get',
        path: '/api/v1/projects/{project}/audit',
        tags: ['audit'],
        summary: 'Who changed what and why, newest first',
        request: { params: z.object({ project: z.string() }), query: auditQuerySchema },
        responses: {
          200: jsonAnswer(z.object({ entries: z.array(auditEntrySchema), next: z.int().nullable() }), 'One page.'),
        },
      }),
      async (c) => c.json(await listAudit(store.db, c.req.valid('param').project, c.req.valid('query')), 200),
    )
    .openapi(
      apiRoute('audit:read', {
        method: 'get',
        path: '/api/v1/projects/{project}/audit/check',
        tags: ['audit'],
        summary: 'Is the history whole: nothing altered, nothing missing',
        request: {
          params: z.object({ project: z.string() }),
          query: strictObject({
            kept: z
              .string()
              .regex(/^[0-9a-f]{64}$/, 'kept is a hash that was the head once.')
              .optional(),
          }),
        },
        responses: { 200: jsonAnswer(chainCheckSchema, 'The first entry that does not fit, or the hash of the last.') },
      }),
      async (c) => {
        const project = await findProject(store.db, c.req.valid('param').project)
        return c.json(await verifyChain(store.db, project.id, c.req.valid('query').kept), 200)
      },
    )
    .openapi(
      apiRoute('audit:read', {
        method: 'get',
        path: '/api/v1/projects/{project}/audit/export',
        tags: ['audit'],
        summary: 'The whole history, oldest first, to be kept elsewhere',
        request: {
          params: z.object({ project: z.string() }),
          query: strictObject({ format: z.enum(['ndjson', 'csv']).default('ndjson') }),
        },
        responses: {
          200: {
            description: 'Rampart-Audit-Head names the last entry and its hash, as the last line of NDJSON does.',
            content: { 'application/x-ndjson': { schema: z.string() }, 'text/csv': { schema: z.string() } },
          },
        },
      }),
      async (c) => {
        const { format } = c.req.valid('query')
        const { id, key } = await findProject(store.db, c.req.valid('param').project)
        const head = await readHead(store.db, id)
        c.header('Rampart-Audit-Head', `${head.seq}:${head.hash}`)
        c.header('Content-Type', format === 'csv' ? 'text/csv; charset=utf-8' : 'application/x-ndjson')
        c.header('Content-Disposition', `attachment; filename="rampart-history-${key}.${format}"`)
        return c.body(asStream(exportEntries(store.db, id, head, format)))
      },
    )
    .openapi(
      apiRoute('audit:read', {
        method: 'get',
        path: '/api/v1/projects/{project}/audit/{entry}',
        tags: ['audit'],
        summary: 'One entry, with what was before and what came after',
        request: { params: z.object({ project: z.string(), entry: z.uuid('An entry is named by its id.') }) },
        responses: { 200: jsonAnswer(auditEntrySchema, 'The entry.') },
      }),
      async (c) => {
        const { project, entry } = c.req.valid('param')
        return c.json(await readAuditEntry(store.db, project, entry), 200)
      },
    )
}

/** As fast as its reader takes it, and no faster: a slow one holds a page in memory, not the history. */
function asStream(pieces: AsyncGenerator<string>): ReadableStream<Uint8Array> {
  return ReadableStream.from(pieces).pipeThrough(new TextEncoderStream())
}
