import { eq } from 'drizzle-orm'
import { type Acting, recordChange } from '../audit/record-change.ts'
import { qaLinkKeys } from '../db/schema/index.ts'
import type { Db } from '../db/store.ts'
import { inTransaction } from '../db/transaction.ts'
import { findConfiguration } from '../flags/flags.queries.ts'
import { DomainError, invalidInput } from '../http/errors.ts'
import { createLinkKey, signLink } from './link-key.ts'

export interface NewQaLink {
  project: string
  flag: string
  environment: string
  variant: string
  expiresInSeconds: number
}

export interface QaLink {
  flag: string
  variant: string
  environment: string
  expiresAt: string
  /** Stands behind `?rampart=` in an address of the application. Shown this once; nothing keeps it. */
  token: string
}

/**
 * Signs a link: who follows it gets one variant of one flag, and nobody else notices. The first link of an environment
 * makes its key, which reaches SDKs as a new revision. Throws NOT_FOUND, ARCHIVED, INVALID_INPUT for a variant the flag
 * does not have.
 */
export async function createQaLink(db: Db, input: NewQaLink, acting: Acting): Promise<QaLink> {
  return inTransaction(db, async (tx) => {
    const { flag, environment } = await findConfiguration(tx, input)
    if (flag.archivedAt) throw new DomainError('ARCHIVED', `"${flag.key}" is archived and serves nobody any more.`)
    const names = flag.variants.map(({ name }) => name)
    if (!names.includes(input.variant)) {
      const message = `"${flag.key}" has the variants ${names.join(', ')}: name one of them.`
      throw invalidInput([{ path: 'variant', message }])
    }
    const expiresAt = new Date(Date.now() + input.expiresInSeconds * 1000)
    const ofEnvironment = eq(qaLinkKeys.environmentId, environment.id)
    let [key] = await tx.select().from(qaLinkKeys).where(ofEnvironment)
    const until = `${expiresAt.toISOString().slice(0, 16).replace('T', ' ')} UTC`
    const change = {
      projectId: flag.projectId,
      environmentId: environment.id,
      flagId: flag.id,
      action: 'qa-link.create',
      sentence: `made a QA link to ${input.variant} of ${flag.key} in ${environment.key}, good until ${until}`,
      before: null,
      after: { variant: input.variant, expiresAt: expiresAt.toISOString() },
      version: null,
    }
    await recordChange(tx, change, acting, key ? [] : [environment.id], async () => {
      if (key) return
      // Of two first links one makes the key: the environment is locked by now, so the other sees it.
      const made = { environmentId: environment.id, ...createLinkKey() }
      await tx.insert(qaLinkKeys).values(made).onConflictDoNothing()
      ;[key] = await tx.select().from(qaLinkKeys).where(ofEnvironment)
    })
    if (!key) throw new Error('The key of the link was not written.')
    const token = signLink({ flag: flag.key, variant: input.variant, expiresAt }, key)
    return {
      flag: flag.key,
      variant: input.variant,
      environment: environment.key,
      expiresAt: expiresAt.toISOString(),
      token,
    }
  })
}
