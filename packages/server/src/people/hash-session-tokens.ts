import type { BetterAuthOptions, DBAdapter, Where } from 'better-auth'
import { hashSecret } from '../access/secrets.ts'

type Adapter = DBAdapter<BetterAuthOptions>
type InTransaction = Omit<Adapter, 'transaction'>
interface Query {
  model: string
  where?: Where[] | undefined
}

/**
 * better-auth keeps session tokens as they are. Here only their hash reaches the database: on the way in the token is
 * hashed, in values and in conditions, and whoever asked by a token finds it again in the answer, because the cookie
 * is made of it. Rows found otherwise carry the hash, which opens nothing.
 */
export function hashSessionTokens(
  makeAdapter: (options: BetterAuthOptions) => Adapter,
): (options: BetterAuthOptions) => Adapter {
  return (options) => {
    const adapter = makeAdapter(options)
    return {
      ...hashing(adapter),
      transaction: (work) => adapter.transaction((inside) => work(hashing(inside))),
    }
  }
}

function hashing<A extends InTransaction>(adapter: A): A {
  return {
    ...adapter,
    async create({ data, ...rest }) {
      const { token } = data as { token?: unknown }
      if (rest.model !== 'session' || typeof token !== 'string') return adapter.create({ data, ...rest })
      const row = await adapter.create({ ...rest, data: { ...data, token: hashSecret(token) } })
      return { ...(row as object), token } as never
    },
    findOne: async (query) => withToken(await adapter.findOne(hashed(query)), query) as never,
    update: async (query) => withToken(await adapter.update(hashed(query)), query) as never,
    findMany: (query) => adapter.findMany(hashed(query)),
    count: (query) => adapter.count(hashed(query)),
    updateMany: (query) => adapter.updateMany(hashed(query)),
    delete: (query) => adapter.delete(hashed(query)),
    deleteMany: (query) => adapter.deleteMany(hashed(query)),
    consumeOne: (query) => adapter.consumeOne(hashed(query)),
    incrementOne: (query) => adapter.incrementOne(hashed(query)),
  }
}

function hashed<Q extends Query>(query: Q): Q {
  if (query.model !== 'session' || !query.where) return query
  const where = query.where.map((condition) =>
    condition.field === 'token' ? { ...condition, value: hashes(condition.value) } : condition,
  )
  return { ...query, where }
}

function hashes(value: Where['value']): Where['value'] {
  if (typeof value === 'string') return hashSecret(value)
  return Array.isArray(value) ? value.map((part) => hashSecret(String(part))) : value
}

function withToken(row: unknown, { model, where }: Query): unknown {
  const asked = model === 'session' ? where?.find(({ field }) => field === 'token')?.value : undefined
  return row !== null && typeof row === 'object' && typeof asked === 'string' ? { ...row, token: asked } : row
}
