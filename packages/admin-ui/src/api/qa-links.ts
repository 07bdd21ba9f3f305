import { path, send } from './client.ts'
import type { NewQaLink, QaLink } from '../contract.ts'

/** Signs a link; the answer is the only one that ever carries its token. */
export function createQaLink(project: string, flag: string, environment: string, link: NewQaLink): Promise<QaLink> {
  return send('POST', path('projects', project, 'flags', flag, 'environments', environment, 'qa-links'), { body: link })
}
