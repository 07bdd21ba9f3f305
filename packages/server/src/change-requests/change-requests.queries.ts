import { and, desc, eq, inArray, sql } from 'drizzle-orm'
import { changeRequests, flagConfigurations, flags } from '../db/schema/index.ts'
import type { Db } from '../db/store.ts'
import { editableOf } from '../flags/configuration.ts'
import { mergeEdit } from '../flags/plan-edit.ts'
import type { ConfigurationEdit } from '../flags/plan-edit.ts'
import { DomainError } from '../http/errors.ts'
import { type Environment, findEnvironment } from '../projects/projects.queries.ts'
import { type ChangeRequestRow, type Meeting, toChangeRequest } from './change-request.ts'

export interface RequestPlace {
  project: string
  environment: string
  request: string
}

type FlagRow = typeof flags.$inferSelect
type ConfigurationRow = typeof flagConfigurations.$inferSelect

export interface FoundRequest {
  row: ChangeRequestRow
  environment: Environment
  flag: FlagRow
  configuration: ConfigurationRow
}

/** Requests of an environment, the latest first. `next` is the `before` of the following page. */
export async function listRequests(
  db: Db,
  where: Omit<RequestPlace, 'request'>,
  query: {
    state?: 'open' | 'closed' | undefined
    flag?: string | undefined
    before?: string | undefined
    limit: number
  },
) {
  const environment = await findEnvironment(db, where.project, where.environment)
  const rows = await selectRequests(db)
    .where(
      and(
        eq(changeRequests.environmentId, environment.id),
        query.flag === undefined ? undefined : eq(flags.key, query.flag),
        query.state === 'open' ? eq(changeRequests.state, 'open') : undefined,
        query.state === 'closed' ? inArray(changeRequests.state, ['applied', 'rejected', 'withdrawn']) : undefined,
        query.before === undefined ? undefined : isBefore(query.before),
      ),
    )
    .orderBy(desc(changeRequests.createdAt), desc(changeRequests.id))
    .limit(query.limit + 1)
  const page = rows.slice(0, query.limit)
  const last = page.at(-1)
  return {
    changeRequests: page.map((found) => answerOf({ ...found, environment })),
    next: rows.length > query.limit && last ? last.row.id : null,
  }
}

/** By the stored time, which is finer than the one in answers: several may be made in one millisecond. */
function isBefore(id: string) {
  return sql`(${changeRequests.createdAt}, ${changeRequests.id}) < (select created_at, id from change_requests where id = ${id})`
}

/** Throws NOT_FOUND, also for a request of another environment. */
export async function findRequest(db: Db, where: RequestPlace): Promise<FoundRequest> {
  const environment = await findEnvironment(db, where.project, where.environment)
  const [found] = await selectRequests(db).where(
    and(eq(changeRequests.id, where.request), eq(changeRequests.environmentId, environment.id)),
  )
  if (!found) throw new DomainError('NOT_FOUND', `There is no such change request in ${environment.key}.`)
  return { ...found, environment }
}

export async function readRequest(db: Db, where: RequestPlace) {
  return answerOf(await findRequest(db, where))
}

export function answerOf({ row, environment, flag, configuration }: FoundRequest) {
  return toChangeRequest(row, flag.key, environment.key, meetingOf(row, configuration))
}

function selectRequests(db: Db) {
  return db
    .select({ row: changeRequests, flag: flags, configuration: flagConfigurations })
    .from(changeRequests)
    .innerJoin(flags, eq(flags.id, changeRequests.flagId))
    .innerJoin(
      flagConfigurations,
      and(
        eq(flagConfigurations.flagId, changeRequests.flagId),
        eq(flagConfigurations.environmentId, changeRequests.environmentId),
      ),
    )
    .$dynamic()
}

function meetingOf(row: ChangeRequestRow, configuration: ConfigurationRow): Meeting {
  const before = editableOf(configuration)
  const { version } = configuration
  if (row.state !== 'open') return { version, before, after: before }
  try {
    return { version, before, after: mergeEdit(before, row.patch as ConfigurationEdit['patch']) }
  } catch {
    // It fitted the version that it was made from. To fit this one it has to be edited, which says what is wrong.
    return { version, before, after: before }
  }
}
