import { assert, jsonValue, property } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MAX_JSON_DEPTH, scanJson } from './scan-json.ts'

describe('scanJson', () => {
  it('lets every ordinary value pass', () => {
    const ordinary = jsonValue({ maxDepth: 8 }).map((value) => scanJson(JSON.stringify(value))?.message ?? '')
    // Random text may hold what the database cannot store or a reserved name; nothing else is ever a problem.
    assert(property(ordinary, (message) => /^$|NUL|surrogate|cannot be the name/.test(message)))
    expect(scanJson('{"a":[1,{"b":null}]}')).toBe(null)
  })

  it.each([
    ['{"a":1,"a":2}', /given twice/],
    ['{"a":{"b":1,"b":1}}', /given twice/],
    ['{"a":1,"\\u0061":2}', /given twice/],
    ['[{"a":1},{"constructor":2}]', /cannot be the name/],
    ['{"x":[[{"prototype" : 1}]]}', /cannot be the name/],
  ])('finds what is wrong in %s', (text, message) => {
    expect(scanJson(text)?.message).toMatch(message)
  })

  it.each([
    '{"a":{"x":1},"b":{"x":1}}',
    '[{"a":1},{"a":1}]',
    '{"a":"{\\"a\\":1}"}',
    '["__proto__"]',
    '{"a":"b","b":"a"}',
  ])('finds nothing in %s', (text) => {
    expect(scanJson(text)).toBe(null)
  })

  it('counts nesting exactly, and brackets in text not at all', () => {
    const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth)
    expect(scanJson(nested(MAX_JSON_DEPTH))).toBe(null)
    expect(scanJson(nested(MAX_JSON_DEPTH + 1))?.message).toMatch(/nested/)
    expect(scanJson(JSON.stringify('['.repeat(1000)))).toBe(null)
  })

  it.each(['', '"', '{"a', '{"a"', '"\\', ']]]]', '{"\\u12":1}'])('survives the broken %j', (text) => {
    expect(() => scanJson(text)).not.toThrow()
  })
})
