import { and, asc, eq } from 'drizzle-orm'
import type { JsonValue } from '@rampart/evaluation'
import { type Acting, recordChange } from '../audit/record-change.ts'
import { rampTemplates } from '../db/schema/index.ts'
import type { Db } from '../db/store.ts'
import { inTransaction } from '../db/transaction.ts'
import { DomainError } from '../http/errors.ts'
import { findProject } from '../projects/projects.queries.ts'
import type { RampPlan } from './ramp-plan.ts'
import type { NewTemplate } from './ramps.schemas.ts'
import { BUILT_IN_TEMPLATES } from './templates.ts'

/** What a template says of a plan: everything but its start. */
export type TemplatePlan = Omit<RampPlan, 'startAt' | 'template'>

export interface Template {
  name: string
  description: string
  builtIn: boolean
  plan: TemplatePlan
}

const builtIn = (): Template[] =>
  BUILT_IN_TEMPLATES.map(({ name, description, steps }) => ({
    name,
    description,
    builtIn: true,
    plan: { mode: 'timed', timeZone: null, windows: [], steps },
  }))

/** Those that every project has, then its own. Throws NOT_FOUND. */
export async function listTemplates(db: Db, project: string): Promise<Template[]> {
  const { id } = await findProject(db, project)
  const own = await db.query.rampTemplates.findMany({
    where: eq(rampTemplates.projectId, id),
    orderBy: asc(rampTemplates.name),
  })
  return [...builtIn(), ...own.map(({ name, description, plan }) => ({ name, description, builtIn: false, plan }))]
}

/** Throws NOT_FOUND with the names there are. */
export async function findTemplate(db: Db, project: string, name: string): Promise<Template> {
  const all = await listTemplates(db, project)
  const found = all.find((template) => template.name === name)
  if (found) return found
  const known = all.map((template) => template.name).join(', ')
  throw new DomainError('NOT_FOUND', `There is no ramp template "${name}". There are: ${known}.`)
}

/** Stores a template, or replaces it: ramps that were planned with it keep their plan. Throws KEY_TAKEN for a built-in name. */
export async function keepTemplate(
  db: Db,
  project: string,
  name: string,
  input: NewTemplate,
  acting: Acting,
): Promise<Template> {
  refuseBuiltIn(name)
  const { description, mode, timeZone, windows, steps } = input
  const plan = { mode, timeZone, windows, steps }
  await inTransaction(db, async (tx) => {
    const { id } = await findProject(tx, project)
    const before = await ownTemplate(tx, id, name)
    const sentence = `${before ? 'changed' : 'stored'} the ramp template ${name}`
    const change = changeOf(id, 'ramp-template.keep', sentence, before?.plan ?? null, plan)
    await recordChange(tx, change, acting, [], async () => {
      const row = { description, plan, updatedAt: new Date(), updatedBy: acting.actor.name }
      await tx
        .insert(rampTemplates)
        .values({ projectId: id, name, ...row })
        .onConflictDoUpdate({ target: [rampTemplates.projectId, rampTemplates.name], set: row })
    })
  })
  return { name, description, builtIn: false, plan }
}

/** Throws NOT_FOUND, KEY_TAKEN for a built-in name. */
export async function dropTemplate(db: Db, project: string, name: string, acting: Acting): Promise<void> {
  refuseBuiltIn(name)
  await inTransaction(db, async (tx) => {
    const { id } = await findProject(tx, project)
    const before = await ownTemplate(tx, id, name)
    if (!before) throw new DomainError('NOT_FOUND', `There is no ramp template "${name}".`)
    const change = changeOf(id, 'ramp-template.drop', `deleted the ramp template ${name}`, before.plan, null)
    await recordChange(tx, change, acting, [], async () => {
      await tx.delete(rampTemplates).where(and(eq(rampTemplates.projectId, id), eq(rampTemplates.name, name)))
    })
  })
}

function refuseBuiltIn(name: string): void {
  if (BUILT_IN_TEMPLATES.some((template) => template.name === name)) {
    throw new DomainError('KEY_TAKEN', `"${name}" is built in and the same in every project. Choose another name.`)
  }
}

function ownTemplate(tx: Db, projectId: string, name: string) {
  return tx.query.rampTemplates.findFirst({
    where: and(eq(rampTemplates.projectId, projectId), eq(rampTemplates.name, name)),
  })
}

function changeOf(
  projectId: string,
  action: string,
  sentence: string,
  before: TemplatePlan | null,
  after: TemplatePlan | null,
) {
  return {
    projectId,
    environmentId: null,
    flagId: null,
    action,
    sentence,
    before: before as unknown as JsonValue,
    after: after as unknown as JsonValue,
    version: null,
  }
}
