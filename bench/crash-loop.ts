// npm run bench -- crash-loop [times]: SIGKILL right after an acknowledged change, on both stores. What was lost?
import { crashBoth } from '../packages/server/test/crash-loop.ts'

export async function measure([times = '50']: string[]): Promise<object> {
  return { reports: await crashBoth(Number(times)) }
}
