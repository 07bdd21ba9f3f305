// The console's addresses. Project and environment stand in every one of them: a link names what it shows.

export type Route =
  | { page: 'home' }
  /** A flag without a place, as a person would say it: shown where this browser was last. */
  | { page: 'somewhere'; flag: string }
  | { page: 'flags'; project: string; environment: string }
  | { page: 'flag'; project: string; environment: string; flag: string }
  | { page: 'settings'; project: string; environment: string }
  | { page: 'unknown' }

/** Reads an address; anything that is none of ours is `unknown`. */
export function matchRoute(pathname: string): Route {
  const parts = pathname.split('/').filter(Boolean).map(decode)
  if (parts.length === 0) return { page: 'home' }
  const [root, project, environment, room, flag] = parts
  if (root === 'flags' && project && parts.length === 2) return { page: 'somewhere', flag: project }
  if (root !== 'p' || !project || !environment) return { page: 'unknown' }
  if (room === 'flags' && parts.length === 4) return { page: 'flags', project, environment }
  if (room === 'flags' && flag && parts.length === 5) return { page: 'flag', project, environment, flag }
  if (room === 'settings' && parts.length === 4) return { page: 'settings', project, environment }
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
