import type { Context } from 'hono'
import type { AppEnv } from '../http/app-env.ts'

const INSTANCE = /^[A-Za-z0-9._:-]{1,64}$/

/** Who calls, by the headers that SDKs send with every request. What is missing or odd is left out, never refused. */
export function readSdkClient(c: Context<AppEnv>): { instance: string | undefined; name: string; sdk: string } {
  const instance = c.req.header('rampart-instance')
  return {
    instance: instance !== undefined && INSTANCE.test(instance) ? instance : undefined,
    name: readLabel(c.req.header('rampart-name')),
    sdk: readLabel(c.req.header('rampart-sdk')),
  }
}

/** Printable text for people, cut to a line's length. */
function readLabel(text: string | undefined): string {
  return (text ?? '').replaceAll(/[^\x20-\x7e\u00a0-\uffff]/g, '').slice(0, 128)
}
