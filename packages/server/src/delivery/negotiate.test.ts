import { describe, expect, it } from 'vitest'
import { acceptsEncoding, isCurrentFor } from './negotiate.ts'

describe('acceptsEncoding', () => {
  it.each([
    [undefined, 'identity'],
    ['', 'identity'],
    ['gzip', 'gzip'],
    ['gzip, deflate, br', 'br'],
    ['br;q=0, gzip', 'gzip'],
    ['br;q=0.0,gzip;q=0', 'identity'],
    ['*', 'br'],
    ['*;q=0', 'identity'],
    ['BR', 'br'],
  ])('answers %s with %s', (header, encoding) => {
    expect(acceptsEncoding(header)).toBe(encoding)
  })
})

describe('isCurrentFor', () => {
  const etag = 'W/"01J.7"'
  it.each([
    ['W/"01J.7"', true],
    ['"01J.7"', true],
    ['"a", W/"01J.7" , "b"', true],
    ['*', true],
    ['W/"01J.70"', false],
    ['01J.7', false],
    [undefined, false],
  ])('says for %s: %s', (header, current) => {
    expect(isCurrentFor(header, etag)).toBe(current)
  })
})
