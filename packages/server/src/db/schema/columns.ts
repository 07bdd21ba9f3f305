import { bigint } from 'drizzle-orm/pg-core'

/** A bigint read as a number: revisions and counts stay far below 2^53, and both drivers then agree on the type. */
export const bigCount = () => bigint({ mode: 'number' })
