import type { Context } from 'hono'
import { etagOf } from '../flags/configuration.ts'
import type { AppEnv } from '../http/app-env.ts'
import { requestEtag } from './change-request.ts'
import type { Submitted } from './submit-edit.ts'

/** 200 with the configuration, or 202 with the change request that it became and where that is. */
export function answerSubmitted(c: Context<AppEnv>, project: string, submitted: Submitted) {
  if ('configuration' in submitted) {
    c.header('ETag', etagOf(submitted.configuration.version))
    return c.json(submitted.configuration, 200)
  }
  const { changeRequest } = submitted
  const parts = ['projects', project, 'environments', changeRequest.environment, 'change-requests', changeRequest.id]
  c.header('Location', `/api/v1/${parts.map(encodeURIComponent).join('/')}`)
  c.header('ETag', requestEtag(changeRequest.version))
  return c.json(changeRequest, 202)
}
