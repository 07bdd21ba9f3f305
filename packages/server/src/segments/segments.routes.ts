import { OpenAPIHono, z } from '@hono/zod-openapi'
import type { Deps } from '../deps.ts'
import { etagOf } from '../flags/configuration.ts'
import { reasonSchema } from '../flags/configuration.schemas.ts'
import { actingIn } from '../http/acting.ts'
import { apiRoute, jsonAnswer, jsonBody, mergePatchBody } from '../http/api-route.ts'
import type { AppEnv } from '../http/app-env.ts'
import { versionIn } from '../http/if-match.ts'
import { strictObject } from '../http/strict-object.ts'
import { createSegment } from './create-segment.ts'
import { archiveSegment, changeSegmentKeys, editSegment } from './edit-segment.ts'
import { listSegments, readSegment } from './segments.queries.ts'
import {
  newSegmentSchema,
  segmentKeysSchema,
  segmentPatchSchema,
  segmentSchema,
  segmentSummarySchema,
} from './segments.schemas.ts'

const tags = ['segments']
const all = '/api/v1/projects/{project}/segments' as const
const one = '/api/v1/projects/{project}/segments/{segment}' as const
const ofProject = z.object({ project: z.string() })
const ofSegment = z.object({ project: z.string(), segment: z.string() })
const answer = { 200: jsonAnswer(segmentSchema, 'The segment; its ETag goes into If-Match.') }

/** Named audiences: who belongs to them is the same in every environment. */
export function segmentRoutes({ store }: Deps) {
  return new OpenAPIHono<AppEnv>()
    .openapi(
      apiRoute('flags:read', {
        method: 'get',
        path: all,
        tags,
        summary: 'Every segment, with the sizes of its lists',
        request: { params: ofProject },
        responses: { 200: jsonAnswer(z.object({ segments: z.array(segmentSummarySchema) }), 'The segments, by key.') },
      }),
      async (c) => c.json({ segments: await listSegments(store.db, c.req.valid('param').project) }, 200),
    )
    .openapi(
      apiRoute('flags:write', {
        method: 'post',
        path: all,
        tags,
        summary: 'Create a segment',
        request: { params: ofProject, body: jsonBody(newSegmentSchema) },
        responses: { 201: jsonAnswer(segmentSchema, 'The new segment.') },
      }),
      async (c) => {
        const { project } = c.req.valid('param')
        const input = c.req.valid('json')
        await createSegment(store.db, project, input, actingIn(c, input.reason))
        c.header('ETag', etagOf(1))
        return c.json(await readSegment(store.db, project, input.key), 201)
      },
    )
    .openapi(
      apiRoute('flags:read', {
        method: 'get',
        path: one,
        tags,
        summary: 'A segment whole, with what names it',
        request: { params: ofSegment },
        responses: answer,
      }),
      async (c) => {
        const { project, segment } = c.req.valid('param')
        const found = await readSegment(store.db, project, segment)
        c.header('ETag', etagOf(found.version))
        return c.json(found, 200)
      },
    )
    .openapi(
      apiRoute('flags:write', {
        method: 'patch',
        path: one,
        tags,
        summary: 'Change it by JSON Merge Patch, lists whole, from the version in If-Match',
        request: {
          params: ofSegment,
          headers: z.object({ 'if-match': z.string().optional() }),
          body: mergePatchBody(segmentPatchSchema),
        },
        responses: answer,
      }),
      async (c) => {
        const place = c.req.valid('param')
        const { reason, ...patch } = c.req.valid('json')
        await editSegment(store.db, place, versionIn(c.req.header('if-match')), patch, actingIn(c, reason))
        const changed = await readSegment(store.db, place.project, place.segment)
        c.header('ETag', etagOf(changed.version))
        return c.json(changed, 200)
      },
    )
    .openapi(
      apiRoute('flags:write', {
        method: 'post',
        path: `${one}/keys`,
        tags,
        summary: 'Add and remove included keys; needs no version',
        request: { params: ofSegment, body: jsonBody(segmentKeysSchema) },
        responses: {
          200: jsonAnswer(z.object({ included: z.int(), version: z.int() }), 'How many keys there are now.'),
        },
      }),
      async (c) => {
        const place = c.req.valid('param')
        const { reason, ...keys } = c.req.valid('json')
        await changeSegmentKeys(store.db, place, keys, actingIn(c, reason))
        const { included, version } = await readSegment(store.db, place.project, place.segment)
        c.header('ETag', etagOf(version))
        return c.json({ included: included.length, version }, 200)
      },
    )
    .openapi(
      apiRoute('flags:write', {
        method: 'post',
        path: `${one}/archive`,
        tags,
        summary: 'Take a segment out of service; refused while anything names it',
        request: { params: ofSegment, body: jsonBody(strictObject({ reason: reasonSchema })) },
        responses: answer,
      }),
      async (c) => {
        const place = c.req.valid('param')
        await archiveSegment(store.db, place, actingIn(c, c.req.valid('json').reason))
        return c.json(await readSegment(store.db, place.project, place.segment), 200)
      },
    )
}
