import { z } from 'zod'

/** What an alert manager says. */
export interface Alert {
  state: 'firing' | 'resolved'
  /** The alert's own name, as a person knows it. */
  name: string
  /** Who sent it. */
  from: string
}

const MAX_NAME = 200

const labelled = z.looseObject({
  status: z.string().optional(),
  labels: z.looseObject({ alertname: z.string().optional() }).optional(),
})

/** Alertmanager, and Grafana since version 9, which sends the same and a title and `orgId` beside it. */
const alertmanagerSchema = z.looseObject({
  status: z.enum(['firing', 'resolved']),
  alerts: z.array(labelled),
  commonLabels: z.looseObject({ alertname: z.string().optional() }).optional(),
  title: z.string().optional(),
  orgId: z.number().optional(),
})

/** Grafana's alerting before version 9. */
const legacyGrafanaSchema = z.looseObject({
  state: z.enum(['alerting', 'ok', 'no_data', 'paused', 'pending', 'unknown']),
  ruleName: z.string().optional(),
  title: z.string().optional(),
})

/** PagerDuty's webhooks, version 3. */
const pagerDutySchema = z.looseObject({
  event: z.looseObject({
    event_type: z.string(),
    data: z.looseObject({ title: z.string().optional() }).optional(),
  }),
})

/** By hand, or from anything that can send JSON: nothing, or a reason. */
const plainSchema = z.strictObject({ reason: z.string().optional() })

/** PagerDuty tells of everything that happens to an incident; only these mean that it is going on. */
const PAGING = new Set(['incident.triggered', 'incident.reopened', 'incident.escalated', 'incident.unacknowledged'])

/**
 * Reads what an alert manager sends: Alertmanager, Grafana, PagerDuty, or `{"reason": "..."}` by hand. Undefined for
 * anything else: what cannot be read might be the end of an alert, and must not kill.
 */
export function readAlert(body: unknown): Alert | undefined {
  const alert = readAlertmanager(body) ?? readPagerDuty(body) ?? readLegacyGrafana(body) ?? readPlain(body)
  return alert && { ...alert, name: alert.name.slice(0, MAX_NAME) }
}

function readAlertmanager(body: unknown): Alert | undefined {
  const parsed = alertmanagerSchema.safeParse(body)
  if (!parsed.success) return undefined
  const { status, alerts, commonLabels, title, orgId } = parsed.data
  const concerned = alerts.filter((alert) => alert.status === status)
  const names = new Set(concerned.flatMap(({ labels }) => labels?.alertname ?? []))
  const name = commonLabels?.alertname ?? ([...names].join(', ') || title || 'an alert without a name')
  return { state: status, name, from: orgId === undefined ? 'Alertmanager' : 'Grafana' }
}

function readPagerDuty(body: unknown): Alert | undefined {
  const parsed = pagerDutySchema.safeParse(body)
  if (!parsed.success) return undefined
  const { event_type: type, data } = parsed.data.event
  return { state: PAGING.has(type) ? 'firing' : 'resolved', name: data?.title ?? type, from: 'PagerDuty' }
}

function readLegacyGrafana(body: unknown): Alert | undefined {
  const parsed = legacyGrafanaSchema.safeParse(body)
  if (!parsed.success) return undefined
  const { state, ruleName, title } = parsed.data
  // No data is no proof of harm.
  return { state: state === 'alerting' ? 'firing' : 'resolved', name: ruleName ?? title ?? 'a rule', from: 'Grafana' }
}

function readPlain(body: unknown): Alert | undefined {
  const parsed = plainSchema.safeParse(body)
  return parsed.success
    ? { state: 'firing', name: parsed.data.reason || 'no reason given', from: 'a request' }
    : undefined
}
