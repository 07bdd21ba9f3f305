// Kill and restore are one thing: a switch that takes effect when it is committed, and confirmations that come in after that.
import { setTimeout } from 'node:timers/promises'
import { type Command, InvalidArgumentError } from 'commander'
import { type AccessOptions, readAccess, withAccess } from './access.ts'
import { type Api, askService, pathParts } from './ask-service.ts'
import { chooseEnvironment, chooseProject, type ProjectOptions, withProject } from './choose-project.ts'
import { Failure } from './failure.ts'

export interface KillOptions extends AccessOptions, ProjectOptions {
  environment?: string
  reason?: string
  wait: number
  json?: boolean
}

interface Place {
  project: string
  flag: string
  environment: string
}

/** How often the service is asked who has confirmed. */
const LOOK_MS = 200
/** Streams are counted a moment after the commit; when none has turned up by then, there are none. */
const COUNTING_MS = 1_500

export function withKillOptions(command: Command): Command {
  return withProject(withAccess(command.argument('<flag>', 'key of the flag')))
    .option('--environment <key>', 'where (default: the production environment)')
    .option('--reason <text>', 'why; it stands in the history')
    .option('--wait <seconds>', 'how long to wait for the confirmations of running processes', readSeconds, 5)
    .option('--json', 'print what the service answers')
}

/** Kills a flag, or takes that back, and tells how far it has come. @throws Failure when it was not applied */
export async function setKilled(flag: string, killed: boolean, options: KillOptions): Promise<void> {
  const api = askService(readAccess(options))
  const place = await findPlace(api, flag, options)
  const url = api.projects[':project'].flags[':flag'].environments[':environment']
  const request = { param: pathParts({ ...place }), json: options.reason ? { reason: options.reason } : {} }
  let answer = await (await (killed ? url.kill : url.restore).$post(request)).json()
  const appliedAt = Date.now()
  if (!options.json) console.log(describeOutcome(place, answer))
  try {
    while (!isComplete(answer.delivery, Date.now() - appliedAt) && Date.now() - appliedAt < options.wait * 1_000) {
      await setTimeout(LOOK_MS)
      const { delivery } = await (await url.kill.$get(request)).json()
      answer = { ...answer, delivery }
    }
  } catch (error) {
    // It is applied, whatever becomes of the counting: that is what a script must learn.
    if (!(error instanceof Failure)) throw error
    console.error(`It is applied. Who has confirmed it cannot be told: ${error.message}`)
  }
  if (options.json) console.log(JSON.stringify(answer, null, 2))
  else console.log([...describeDelivery(answer.delivery), ...(killed ? [describeWayBack(place)] : [])].join('\n'))
}

/** Who names both needs no look-up, which is one thing less that can fail. */
async function findPlace(api: Api, flag: string, options: KillOptions): Promise<Place> {
  const project = options.project ?? process.env['RAMPART_PROJECT']
  if (project && options.environment) return { project, flag, environment: options.environment }
  const found = await chooseProject(api, options)
  return { project: found.key, flag, environment: chooseEnvironment(found, options.environment).key }
}

interface Outcome {
  killed: boolean
  by: string | null
  reason: string | null
  changed: boolean
}

interface Delivery {
  streams: number
  sentMs: number | null
  confirmed: number
  confirmedMs: number | null
  lagging: { instance: string; reason: string }[]
  unconfirmable: number
}

function isComplete({ streams, confirmed, sentMs }: Delivery, passedMs: number): boolean {
  return streams === 0 ? passedMs > COUNTING_MS : sentMs !== null && confirmed >= streams
}

function describeOutcome({ flag, environment }: Place, { killed, changed, by, reason }: Outcome): string {
  if (!changed && !killed) return `${flag} is not killed in ${environment}: nothing to take back.`
  const why = `${by ? ` by ${by}` : ''}${reason ? `: ${reason}` : ''}`
  if (!changed) return `${flag} was killed in ${environment} already${why}.`
  return killed
    ? `${flag} is killed in ${environment}: everybody gets its off variant.`
    : `${flag} is restored in ${environment}: its configuration is served again.`
}

function describeDelivery({ streams, confirmed, confirmedMs, lagging, unconfirmable }: Delivery): string[] {
  const lines = [
    streams === 0
      ? 'No process that can confirm is connected; each gets it when it connects.'
      : `Confirmed by ${confirmed} of ${streams} connected processes${confirmedMs === null ? '' : `, the last after ${confirmedMs} ms`}.`,
    ...lagging.map(({ instance, reason }) => `  not confirmed: ${instance} (${reason})`),
  ]
  if (unconfirmable > 0)
    lines.push(`  cannot confirm: ${unconfirmable} other ${unconfirmable === 1 ? 'client' : 'clients'}`)
  return lines
}

function describeWayBack({ project, flag, environment }: Place): string {
  return `Back: rampart restore ${flag} --project ${project} --environment ${environment}`
}

function readSeconds(text: string): number {
  const seconds = Number(text)
  if (text.trim() === '' || !(seconds >= 0 && seconds <= 3_600)) {
    throw new InvalidArgumentError('Give seconds, from 0 to 3600.')
  }
  return seconds
}
