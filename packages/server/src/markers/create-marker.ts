import type { Acting } from '../audit/record-change.ts'
import { markers } from '../db/schema/index.ts'
import type { Db } from '../db/store.ts'
import { findEnvironment, findProject } from '../projects/projects.queries.ts'
import type { Marker, NewMarker } from './markers.schemas.ts'

/**
 * Records a deploy. It changes nothing that SDKs see, so it bumps no revision. Throws NOT_FOUND for an unknown
 * project or environment.
 */
export async function createMarker(
  db: Db,
  projectKey: string,
  input: NewMarker,
  { actor, via }: Pick<Acting, 'actor' | 'via'>,
): Promise<Marker> {
  const project = await findProject(db, projectKey)
  const environment = input.environment ? await findEnvironment(db, projectKey, input.environment) : null
  const [row] = await db
    .insert(markers)
    .values({
      projectId: project.id,
      environmentId: environment?.id ?? null,
      kind: input.kind,
      label: input.label,
      service: input.service ?? null,
      url: input.url ?? null,
      by: actor.name,
      via,
    })
    .returning()
  if (!row) throw new Error('The marker was not written.')
  return {
    at: row.at.toISOString(),
    kind: row.kind,
    label: row.label,
    by: row.by,
    reason: null,
    flag: null,
    environment: environment?.key ?? null,
    url: row.url,
    auditId: null,
  }
}
