// What of a metric is drawn, and how its numbers read: a share of those who failed, a rate, or how slow the slow ones are.
import type { FlagMetrics } from '../contract.ts'
import { formatCount } from './shares.ts'

type Values = (number | null)[]

export interface MetricGraph {
  title: string
  exposed: Values
  notExposed: Values
  /** Over the whole span; null where nothing was tracked. */
  overall: { exposed: number | null; notExposed: number | null }
  format: (value: number) => string
}

type Arm = 'exposed' | 'notExposed'

/** The graphs of all metrics, in the order of their names. */
export function metricGraphs({ metrics, evaluations }: FlagMetrics): MetricGraph[] {
  return metrics.flatMap((metric): MetricGraph[] => {
    const name = metric.metric
    if (metric.kind === 'share') {
      const mean = (arm: Arm) => weighted(metric[arm].mean, metric[arm].count)
      return [graph(name, metric.exposed.mean, metric.notExposed.mean, mean, percent)]
    }
    if (metric.kind === 'occurrence') {
      const rates = (arm: Arm): Values =>
        metric[arm].count.map((count, step) => {
          const asked = evaluations[arm][step] ?? 0
          return asked > 0 ? (count / asked) * 1000 : null
        })
      const rate = (arm: Arm) => weighted(rates(arm), evaluations[arm])
      return [graph(`${name}, per 1 000 evaluations`, rates('exposed'), rates('notExposed'), rate, plain)]
    }
    const format = isTime(name) ? milliseconds : plain
    const typical = (arm: Arm) => weighted(metric[arm].p50, metric[arm].count)
    const slow = (arm: Arm) => weighted(metric[arm].p95, metric[arm].count)
    return [
      graph(`${name}, median`, metric.exposed.p50, metric.notExposed.p50, typical, format),
      graph(`${name}, p95`, metric.exposed.p95, metric.notExposed.p95, slow, format),
    ]
  })
}

function graph(
  title: string,
  exposed: Values,
  notExposed: Values,
  overall: (arm: Arm) => number | null,
  format: (value: number) => string,
): MetricGraph {
  return {
    title,
    exposed,
    notExposed,
    overall: { exposed: overall('exposed'), notExposed: overall('notExposed') },
    format,
  }
}

/** The mean over steps, each as heavy as what it is made of. */
function weighted(values: Values, weights: number[]): number | null {
  let sum = 0
  let weight = 0
  values.forEach((value, step) => {
    if (value === null) return
    sum += value * (weights[step] ?? 0)
    weight += weights[step] ?? 0
  })
  return weight > 0 ? sum / weight : null
}

/** By the last word of its name: "http.duration", "checkout-ms". */
function isTime(name: string): boolean {
  return /(^|[._-])(ms|duration|latency|time)$/i.test(name)
}

function percent(value: number): string {
  return `${digits(value * 100)} %`
}

function milliseconds(value: number): string {
  return value < 10_000 ? `${digits(value)} ms` : `${digits(value / 1000)} s`
}

function plain(value: number): string {
  return digits(value)
}

/** Three digits that mean something: "0.41", "312", "1 240". */
function digits(value: number): string {
  if (Math.abs(value) >= 1000) return formatCount(value)
  return String(Number(value.toPrecision(3)))
}
