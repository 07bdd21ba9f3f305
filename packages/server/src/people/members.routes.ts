import { OpenAPIHono, z } from '@hono/zod-openapi'
import { ROLES } from '../access/roles.ts'
import type { Deps } from '../deps.ts'
import { actingIn } from '../http/acting.ts'
import { apiRoute, jsonAnswer, jsonBody } from '../http/api-route.ts'
import type { AppEnv } from '../http/app-env.ts'
import { strictObject } from '../http/strict-object.ts'
import { findProject } from '../projects/projects.queries.ts'
import { invite, revokeInvitation } from './invitations.commands.ts'
import { removeGrant, setGrant } from './members.commands.ts'
import { listInvitations, listMembers } from './members.queries.ts'
import { emailSchema } from './sign-in.schemas.ts'

const tags = ['members']
const rights = { role: z.enum(ROLES), production: z.boolean(), kill: z.boolean() }
const memberSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    email: z.string(),
    secondFactor: z.boolean(),
    lastSeenAt: z.iso.datetime().nullable(),
    everywhere: z.boolean(),
    ...rights,
    group: z.string().nullable(),
  })
  .openapi('Member')
const invitationSchema = z
  .object({
    id: z.string(),
    email: z.string(),
    everywhere: z.boolean(),
    ...rights,
    createdBy: z.string(),
    expiresAt: z.iso.datetime(),
  })
  .openapi('Invitation')
const membersSchema = z.object({ members: z.array(memberSchema), invitations: z.array(invitationSchema) })

const grantSchema = strictObject(rights).openapi('NewGrant')
const newInvitationSchema = strictObject({
  email: emailSchema,
  ...rights,
  days: z.int().min(1).max(30).default(7),
}).openapi('NewInvitation')
const madeSchema = z
  .object({ id: z.string(), path: z.string(), expiresAt: z.iso.datetime() })
  .openapi('NewInvitationLink')

const done = { 204: { description: 'Done.' } }
const personId = z.uuid('This is not the id of a person.')
const invitationId = z.uuid('This is not the id of an invitation.')
const inProject = z.object({ project: z.string() })

/**
 * Who may do what: the same five routes for one project and, without `/projects/{project}`, for all projects at once.
 * Those are for admins of everything.
 */
export function memberRoutes(deps: Deps) {
  const { store, credentials } = deps
  return new OpenAPIHono<AppEnv>()
    .openapi(
      apiRoute('members:read', {
        method: 'get',
        path: '/api/v1/projects/{project}/members',
        tags,
        summary: 'Everybody with access to a project, and open invitations',
        request: { params: inProject },
        responses: { 200: jsonAnswer(membersSchema, 'People and invitations.') },
      }),
      async (c) => {
        const { id } = await findProject(store.db, c.req.valid('param').project)
        return c.json(
          { members: await listMembers(store.db, id), invitations: await listInvitations(store.db, id) },
          200,
        )
      },
    )
    .openapi(
      apiRoute('members:read', {
        method: 'get',
        path: '/api/v1/members',
        tags,
        summary: 'Everybody with access to all projects, and open invitations',
        responses: { 200: jsonAnswer(membersSchema, 'People and invitations.') },
      }),
      async (c) =>
        c.json({ members: await listMembers(store.db, null), invitations: await listInvitations(store.db, null) }, 200),
    )
    .openapi(
      apiRoute('members:write', {
        method: 'put',
        path: '/api/v1/projects/{project}/members/{person}',
        tags,
        summary: 'Give a member a role in a project',
        request: { params: inProject.extend({ person: personId }), body: jsonBody(grantSchema) },
        responses: done,
      }),
      async (c) => {
        const { project, person } = c.req.valid('param')
        const { id } = await findProject(store.db, project)
        const grant = { ...c.req.valid('json'), projectId: id, environmentIds: null }
        await setGrant(store.db, person, grant, actingIn(c), c.var.grants)
        credentials.invalidate()
        return c.body(null, 204)
      },
    )
    .openapi(
      apiRoute('members:write', {
        method: 'put',
        path: '/api/v1/members/{person}',
        tags,
        summary: 'Give a member a role in all projects',
        request: { params: z.object({ person: personId }), body: jsonBody(grantSchema) },
        responses: done,
      }),
      async (c) => {
        const grant = { ...c.req.valid('json'), projectId: null, environmentIds: null }
        await setGrant(store.db, c.req.valid('param').person, grant, actingIn(c), c.var.grants)
        credentials.invalidate()
        return c.body(null, 204)
      },
    )
    .openapi(
      apiRoute('members:write', {
        method: 'delete',
        path: '/api/v1/projects/{project}/members/{person}',
        tags,
        summary: 'Take a role in a project away; whoever has none left is signed out everywhere',
        request: { params: inProject.extend({ person: personId }) },
        responses: done,
      }),
      async (c) => {
        const { project, person } = c.req.valid('param')
        const { id } = await findProject(store.db, project)
        await removeGrant(store.db, person, id, actingIn(c), c.var.grants)
        credentials.invalidate()
        return c.body(null, 204)
      },
    )
    .openapi(
      apiRoute('members:write', {
        method: 'delete',
        path: '/api/v1/members/{person}',
        tags,
        summary: 'Take the role in all projects away; whoever has none left is signed out everywhere',
        request: { params: z.object({ person: personId }) },
        responses: done,
      }),
      async (c) => {
        await removeGrant(store.db, c.req.valid('param').person, null, actingIn(c), c.var.grants)
        credentials.invalidate()
        return c.body(null, 204)
      },
    )
    .openapi(
      apiRoute('members:write', {
        method: 'post',
        path: '/api/v1/projects/{project}/invitations',
        tags,
        summary: 'Invite somebody into a project; the link is shown this once',
        request: { params: inProject, body: jsonBody(newInvitationSchema) },
        responses: { 201: jsonAnswer(madeSchema, 'The path of the link, to put behind the address of the console.') },
      }),
      async (c) => {
        const { id } = await findProject(store.db, c.req.valid('param').project)
        const { email, days, ...given } = c.req.valid('json')
        const grant = { ...given, projectId: id, environmentIds: null }
        return c.json(link(await invite(store.db, { email, grant, days }, actingIn(c), c.var.grants)), 201)
      },
    )
    .openapi(
      apiRoute('members:write', {
        method: 'post',
        path: '/api/v1/invitations',
        tags,
        summary: 'Invite somebody into all projects; the link is shown this once',
        request: { body: jsonBody(newInvitationSchema) },
        responses: { 201: jsonAnswer(madeSchema, 'The path of the link, to put behind the address of the console.') },
      }),
      async (c) => {
        const { email, days, ...given } = c.req.valid('json')
        const grant = { ...given, projectId: null, environmentIds: null }
        return c.json(link(await invite(store.db, { email, grant, days }, actingIn(c), c.var.grants)), 201)
      },
    )
    .openapi(
      apiRoute('members:write', {
        method: 'delete',
        path: '/api/v1/projects/{project}/invitations/{id}',
        tags,
        summary: 'Take an invitation back',
        request: { params: inProject.extend({ id: invitationId }) },
        responses: done,
      }),
      async (c) => {
        const { project, id } = c.req.valid('param')
        await revokeInvitation(store.db, (await findProject(store.db, project)).id, id, actingIn(c))
        return c.body(null, 204)
      },
    )
    .openapi(
      apiRoute('members:write', {
        method: 'delete',
        path: '/api/v1/invitations/{id}',
        tags,
        summary: 'Take an invitation into all projects back',
        request: { params: z.object({ id: invitationId }) },
        responses: done,
      }),
      async (c) => {
        await revokeInvitation(store.db, null, c.req.valid('param').id, actingIn(c))
        return c.body(null, 204)
      },
    )
}

/** Behind `#`: that part of an address is never sent, so no log of a proxy has the secret. */
function link({ id, secret, expiresAt }: { id: string; secret: string; expiresAt: Date }) {
  return { id, path: `/invitation#${secret}`, expiresAt: expiresAt.toISOString() }
}
