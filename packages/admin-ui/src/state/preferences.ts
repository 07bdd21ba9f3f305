// What this browser remembers: the look and the last place. Never a credential.

export type Theme = 'system' | 'light' | 'dark'

export function rememberedTheme(): Theme {
  const theme = read('rampart.theme')
  return theme === 'light' || theme === 'dark' ? theme : 'system'
}

/** Dresses the page and remembers it. */
export function applyTheme(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset['theme']
  else document.documentElement.dataset['theme'] = theme
  write('rampart.theme', theme)
  // Canvases cannot inherit colours: they listen and draw again.
  dispatchEvent(new Event('rampart-theme'))
}

export function rememberedPlace(): { project: string; environment: string } | null {
  const [project, environment] = (read('rampart.place') ?? '').split('\n')
  return project && environment ? { project, environment } : null
}

export function rememberPlace(project: string, environment: string): void {
  write('rampart.place', `${project}\n${environment}`)
}

/** Where an environment's application was last looked at, for QA links. */
export function rememberedAddress(project: string, environment: string): string {
  return read(`rampart.address.${project}.${environment}`) ?? ''
}

export function rememberAddress(project: string, environment: string, address: string): void {
  write(`rampart.address.${project}.${environment}`, address)
}

// Storage may be forbidden by the browser's settings; forgetting is then the right answer.
function read(key: string): string | null {
  try {
    return localStorage.getItem(key)
  } catch {
    return null
  }
}

function write(key: string, value: string): void {
  try {
    localStorage.setItem(key, value)
  } catch {
    // forgotten
  }
}
