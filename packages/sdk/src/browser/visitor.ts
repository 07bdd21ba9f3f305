import type { Attributes } from '@rampart/evaluation'
import { readFrom, type StorageOf, writeTo } from './kept-values.ts'

export interface Visitor {
  /** What the service is told, as JSON. */
  body: string
  /** Stands for the context in storage, where nobody should be able to read who was here. */
  print: string
  /** Undefined while nobody has said who this is. */
  key: unknown
}

const DEVICE = 'rampart.device'

/**
 * A random id of this browser. It goes along with every context as `deviceId`: a flag bucketed by it keeps its visitor
 * where they are when they sign in.
 */
export function deviceIdIn(storage: StorageOf): string {
  const kept = readFrom(storage, DEVICE)
  if (kept) return kept
  const fresh = crypto.getRandomValues(new Uint32Array(4)).join('-')
  writeTo(storage, DEVICE, fresh)
  return fresh
}

export function visitorOf(given: Attributes, deviceId: string): Visitor {
  const key = given['targetingKey'] ?? given['key']
  const context = { targetingKey: key ?? deviceId, deviceId, ...given }
  try {
    const body = JSON.stringify({ context })
    return { body, print: printOf(body), key }
  } catch {
    // What cannot be said in JSON is nobody.
    return visitorOf({}, deviceId)
  }
}

/** 64 bits of two FNV-1a hashes: two visitors of one browser never meet. */
function printOf(text: string): string {
  let [first, second] = [0x811c9dc5, 0x01000193]
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    first = Math.imul(first ^ unit, 0x01000193)
    second = Math.imul(second ^ unit, 0x85ebca6b)
  }
  return (first >>> 0).toString(36) + (second >>> 0).toString(36)
}
