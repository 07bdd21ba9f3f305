import { describe, expect, it } from 'vitest'
import { readAlert } from './read-alert.ts'

// As the documentation of each shows them, shortened where nothing is read.
const alertmanager = (status: string, alerts: { status: string; name: string }[], common: object = {}) => ({
  version: '4',
  groupKey: '{}:{alertname="PaymentErrors"}',
  truncatedAlerts: 0,
  status,
  receiver: 'rampart',
  groupLabels: {},
  commonLabels: common,
  commonAnnotations: {},
  externalURL: 'http://alertmanager:9093',
  alerts: alerts.map((alert) => ({
    status: alert.status,
    labels: { alertname: alert.name, severity: 'critical' },
    annotations: { summary: 'too many' },
    startsAt: '2026-11-24T03:00:00Z',
    endsAt: '0001-01-01T00:00:00Z',
    generatorURL: 'http://prometheus:9090/graph',
    fingerprint: 'c1d5a6',
  })),
})
const pagerDuty = (type: string) => ({
  event: {
    id: '01BFW5',
    event_type: type,
    resource_type: 'incident',
    occurred_at: '2026-11-24T03:00:00Z',
    agent: { type: 'service_reference' },
    data: { id: 'PGR0VU2', type: 'incident', status: 'triggered', title: 'Checkout is failing' },
  },
})

describe('an alert', () => {
  it.each([
    [
      'Alertmanager',
      alertmanager('firing', [{ status: 'firing', name: 'PaymentErrors' }], { alertname: 'PaymentErrors' }),
      { state: 'firing', name: 'PaymentErrors', from: 'Alertmanager' },
    ],
    [
      'a group of Alertmanager in which one is over',
      alertmanager('firing', [
        { status: 'resolved', name: 'Slow' },
        { status: 'firing', name: 'PaymentErrors' },
      ]),
      { state: 'firing', name: 'PaymentErrors', from: 'Alertmanager' },
    ],
    [
      'Alertmanager, over',
      alertmanager('resolved', [{ status: 'resolved', name: 'PaymentErrors' }]),
      { state: 'resolved', name: 'PaymentErrors', from: 'Alertmanager' },
    ],
    [
      'Grafana',
      {
        ...alertmanager('firing', [{ status: 'firing', name: 'PaymentErrors' }]),
        title: '[FIRING:1] PaymentErrors',
        state: 'alerting',
        orgId: 1,
      },
      { state: 'firing', name: 'PaymentErrors', from: 'Grafana' },
    ],
    [
      'Grafana before version 9',
      { ruleName: 'Payment errors', state: 'alerting', title: '[Alerting] Payment errors', ruleId: 1, evalMatches: [] },
      { state: 'firing', name: 'Payment errors', from: 'Grafana' },
    ],
    [
      'Grafana before version 9, over',
      { ruleName: 'Payment errors', state: 'ok' },
      { state: 'resolved', name: 'Payment errors', from: 'Grafana' },
    ],
    [
      'Grafana without data',
      { ruleName: 'Payment errors', state: 'no_data' },
      { state: 'resolved', name: 'Payment errors', from: 'Grafana' },
    ],
    ['PagerDuty', pagerDuty('incident.triggered'), { state: 'firing', name: 'Checkout is failing', from: 'PagerDuty' }],
    [
      'PagerDuty, over',
      pagerDuty('incident.resolved'),
      { state: 'resolved', name: 'Checkout is failing', from: 'PagerDuty' },
    ],
    [
      'PagerDuty, seen by a person',
      pagerDuty('incident.acknowledged'),
      { state: 'resolved', name: 'Checkout is failing', from: 'PagerDuty' },
    ],
    ['nothing at all', {}, { state: 'firing', name: 'no reason given', from: 'a request' }],
    ['a reason', { reason: 'errors' }, { state: 'firing', name: 'errors', from: 'a request' }],
  ])('of %s is understood', (_name, body, alert) => {
    expect(readAlert(body)).toEqual(alert)
  })

  it.each([
    ['of another tool', { alert: 'PaymentErrors', ended: true }],
    ['with a status nobody knows', alertmanager('suppressed', [])],
    ['that is a list', []],
    ['that is text', 'kill'],
    ['that is null', null],
  ])('%s is not', (_name, body) => {
    expect(readAlert(body)).toBeUndefined()
  })
})
