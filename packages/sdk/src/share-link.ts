// Clients of the same address and key share one link, because creating a client per request is a common slip and a stream
// per request would be the end of it.
import { type EnvironmentLink, openLink } from './environment-link.ts'
import type { Settings } from './options.ts'

const CLIENTS_BEFORE_WARNING = 3

const links = new Map<string, { link: EnvironmentLink; holders: number }>()

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
  return holder.link

  function release(): boolean {
    holder.holders -= 1
    if (holder.holders > 0) return false
    links.delete(id)
    return true
  }
}

const TOO_MANY_CLIENTS =
  `more than ${CLIENTS_BEFORE_WARNING} clients were created for the same address and key. They share one connection, ` +
  'but one client for the whole process is enough: create it once, outside of request handlers.'
