// Clients of the same address and key share one link, because creating a client per request is a common slip and a stream
// per request would be the end of it.
import { type EnvironmentLink, openLink } from './environment-link.ts'
import type { Settings } from './options.ts'

const CLIENTS_BEFORE_WARNING = 3
const OPENINGS_BEFORE_WARNING = 10
const LATELY_MS = 60_000

const links = new Map<string, { link: EnvironmentLink; holders: number }>()
/** How often links were opened lately, by address and key. */
const openings = new Map<string, { since: number; count: number }>()

/** The link for this address and key: a new one, or the one that another client of this process has. */
export function shareLink(settings: Settings): EnvironmentLink {
  const id = `${settings.url}\n${settings.sdkKey}`
  const shared = links.get(id)
  if (shared) {
    shared.holders += 1
    if (shared.holders > CLIENTS_BEFORE_WARNING) shared.link.warn(TOO_MANY_CLIENTS)
    return shared.link
  }
  const holder = { holders: 1, link: openLink(settings, release) }
  links.set(id, holder)
  if (countOpening(id) > OPENINGS_BEFORE_WARNING) holder.link.warn(TOO_MANY_OPENINGS)
  return holder.link

  function release(): boolean {
    holder.holders -= 1
    if (holder.holders > 0) return false
    links.delete(id)
    return true
  }
}

function countOpening(id: string): number {
  // The wall clock will do for a warning, and is there already when the first answer is wanted.
  const now = Date.now()
  for (const [key, { since }] of openings) if (now - since >= LATELY_MS) openings.delete(key)
  const opening = openings.get(id) ?? { since: now, count: 0 }
  opening.count += 1
  openings.set(id, opening)
  return opening.count
}

const TOO_MANY_OPENINGS =
  `more than ${OPENINGS_BEFORE_WARNING} clients were created and closed within a minute for the same address and key. Each ` +
  'fetched all flags again: create one client for the whole process, outside of request handlers.'

const TOO_MANY_CLIENTS =
  `more than ${CLIENTS_BEFORE_WARNING} clients were created for the same address and key. They share one connection, ` +
  'but one client for the whole process is enough: create it once, outside of request handlers.'
