// Weights are integers out of 100 000; percent and "1 in N" exist on screens only, so they are made here.
import { WEIGHT_SCALE } from '@rampart/evaluation'

/** "25 %", "0.05 %", "0.001 %": no digit that the weight has is lost. */
export function formatShare(weight: number): string {
  return `${shareNumber(weight)} %`
}

/** The same without the sign, for fields: "25", "0.05". */
export function shareNumber(weight: number): string {
  return String(Number(((weight / WEIGHT_SCALE) * 100).toFixed(3)))
}

/**
 * Reads what a person types: "25", "0.05 %", "12,5". Null when it is no share or finer than 0.001 %, which is the
 * smallest step a rollout has.
 */
export function parseShare(text: string): number | null {
  const match = /^\s*(\d{1,3})(?:[.,](\d{1,3}))?\s*%?\s*$/.exec(text)
  if (!match) return null
  const weight = Number(match[1]) * 1000 + Number((match[2] ?? '').padEnd(3, '0'))
  return weight <= WEIGHT_SCALE ? weight : null
}

/** "nobody", "1 in 4 users", "1 in 2 000 users", "7 in 10 users", "everyone". */
export function shareInWords(weight: number, who = 'users'): string {
  if (weight <= 0) return 'nobody'
  if (weight >= WEIGHT_SCALE) return 'everyone'
  const one = WEIGHT_SCALE / weight
  if (Number.isInteger(one)) return `1 in ${formatCount(one)} ${who}`
  const inTen = (weight / WEIGHT_SCALE) * 10
  if (Number.isInteger(inTen)) return `${inTen} in 10 ${who}`
  return one >= 20 ? `about 1 in ${formatCount(Math.round(one))} ${who}` : `${formatShare(weight)} of ${who}`
}

/** "12 418": an ordinary space, so that it can be searched for as it is read. */
export function formatCount(count: number): string {
  return String(Math.round(count)).replace(/\B(?=(\d{3})+(?!\d))/g, ' ')
}

/** "410", "3.1k", "1.1M": for columns that are read down, not summed. */
export function shortCount(count: number): string {
  if (count < 1000) return String(Math.round(count))
  const [scaled, unit] = count < 999_500 ? [count / 1000, 'k'] : [count / 1_000_000, 'M']
  return `${scaled < 100 ? scaled.toFixed(1) : Math.round(scaled)}${unit}`
}
