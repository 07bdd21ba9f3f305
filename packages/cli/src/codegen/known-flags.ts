// What generated files are made from: every flag of a project with its variants.
import type { JsonValue } from '@rampart/sdk'
import { type Api, pathParts } from '../ask-service.ts'
import type { Project } from '../choose-project.ts'

export interface KnownFlag {
  key: string
  type: 'boolean' | 'string' | 'number' | 'object'
  name: string
  description: string
  owner: string
  variants: { name: string; value: JsonValue }[]
  /** What an application gets that cannot ask: the value of the off variant where the project is in production. */
  offValue: JsonValue
  isArchived: boolean
  isClientVisible: boolean
}

/** Every flag by key, in an order that no language setting changes. */
export async function readKnownFlags(api: Api, project: Project, archived: boolean): Promise<KnownFlag[]> {
  const lists = await Promise.all([
    listFlags(api, project, false),
    ...(archived ? [listFlags(api, project, true)] : []),
  ])
  return lists.flat().sort((a, b) => (a.key < b.key ? -1 : 1))
}

async function listFlags(api: Api, project: Project, archived: boolean): Promise<KnownFlag[]> {
  const response = await api.projects[':project'].flags.$get({
    param: pathParts({ project: project.key }),
    query: { include: 'variants', archived: archived ? 'true' : 'false' },
  })
  const { flags } = await response.json()
  const home = project.environments.find(({ production }) => production) ?? project.environments[0]
  return flags.map((flag) => {
    const variants = (flag.variants ?? []) as KnownFlag['variants']
    const off = variants.find(({ name }) => name === flag.environments[home?.key ?? '']?.offVariant) ?? variants.at(-1)
    const { key, type, name, description, owner, archivedAt, clientVisible } = flag
    return {
      key,
      type,
      name,
      description,
      owner,
      variants,
      offValue: off?.value ?? null,
      isArchived: archivedAt !== null,
      isClientVisible: clientVisible,
    }
  })
}
