// The console's addresses. Project and environment stand in every one of them: a link names what it shows.

/** The rooms of the rail, in its order: the word in the address, and the name. */
export const ROOMS = [
  ['flags', 'Flags'],
  ['changes', 'Changes'],
  ['ramps', 'Ramps'],
  ['sdks', 'SDKs'],
  ['segments', 'Segments'],
  ['settings', 'Settings'],
] as const
export type Room = (typeof ROOMS)[number][0]

/** The sections of the settings, in their order. */
export const SETTINGS = [
  ['keys', 'SDK keys'],
  ['tokens', 'API tokens'],
  ['members', 'Members'],
  ['projects', 'Projects and environments'],
  ['account', 'Your account'],
] as const
export type SettingsSection = (typeof SETTINGS)[number][0]

export type Route =
  | { page: 'home' }
  /** A flag without a place, as a person would say it: shown where this browser was last. */
  | { page: 'somewhere'; flag: string }
  | { page: Exclude<Room, 'settings'>; project: string; environment: string }
  | { page: 'settings'; project: string; environment: string; section: SettingsSection }
  | { page: 'flag'; project: string; environment: string; flag: string }
  | { page: 'segment'; project: string; environment: string; segment: string }
  /** Ways in, before a place is known. */
  | { page: 'sign-in' | 'set-up' | 'invitation' }
  | { page: 'unknown' }

/** Reads an address; anything that is none of ours is `unknown`. */
export function matchRoute(pathname: string): Route {
  const parts = pathname.split('/').filter(Boolean).map(decode)
  if (parts.length === 0) return { page: 'home' }
  const [root, project, environment, room, key] = parts
  if (parts.length === 1 && (root === 'sign-in' || root === 'set-up' || root === 'invitation')) return { page: root }
  if (root === 'flags' && project && parts.length === 2) return { page: 'somewhere', flag: project }
  if (root !== 'p' || !project || !environment) return { page: 'unknown' }
  if (room === 'flags' && key && parts.length === 5) return { page: 'flag', project, environment, flag: key }
  if (room === 'segments' && key && parts.length === 5) return { page: 'segment', project, environment, segment: key }
  if (room === 'settings' && parts.length <= 5) {
    const section = SETTINGS.find(([word]) => word === (key ?? 'keys'))?.[0]
    return section ? { page: 'settings', project, environment, section } : { page: 'unknown' }
  }
  const page = ROOMS.find(([word]) => word === room)?.[0]
  if (page && page !== 'settings' && parts.length === 4) return { page, project, environment }
  return { page: 'unknown' }
}

/** Address of a page of one environment: `routeTo('default', 'production', 'flags', 'new-checkout')`. */
export function routeTo(project: string, environment: string, ...rest: string[]): string {
  return `/${['p', project, environment, ...rest].map(encodeURIComponent).join('/')}`
}

/** Goes to an address of this application without loading it anew. */
export function navigate(url: string): void {
  history.pushState(null, '', url)
  scrollTo(0, 0)
  dispatchEvent(new PopStateEvent('popstate'))
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
