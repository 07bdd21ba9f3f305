// The edge build is written anew by two programs, has small parts where others have fast ones, and short names for inner
// properties. None of it may change an answer.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'
import { comparable, conformanceSuites } from '../../evaluation/test/conformance.ts'
import { INNER_PROPERTIES } from '../edge-build.ts'
import type { createEdgeClient as CreateEdgeClient } from '../src/edge/index.ts'
import { bundle } from './bundle.ts'

const folder = await mkdtemp(join(tmpdir(), 'rampart-edge-'))
afterAll(() => rm(folder, { recursive: true }))
const file = join(folder, 'edge.mjs')
await writeFile(file, (await bundle('edge')).code)
const { createEdgeClient } = (await import(pathToFileURL(file).href)) as { createEdgeClient: typeof CreateEdgeClient }

describe.each(conformanceSuites())('conformance of the edge build: $name', ({ snapshot, cases }) => {
  const client = createEdgeClient({ snapshot })

  test.each(cases)('$name', ({ flag, user, fallback = null, expect: expected }) => {
    const { value, ...explanation }: Record<string, unknown> = { ...client.explain(flag, user) }
    expect(comparable({ ...explanation, value: value ?? fallback }, expected)).toEqual(expected)
    expect(client.value(flag, user, null) ?? fallback).toEqual(expected.value)
  })

  test('no document and no answer has a property of an inner name', () => {
    const answers = cases.map(({ flag, user, expect: expected }) => [expected, { ...client.explain(flag, user) }])
    const names = new Set<string>()
    JSON.stringify([snapshot, answers], (name, value) => {
      names.add(name)
      return value
    })
    expect(INNER_PROPERTIES.filter((name) => names.has(name))).toEqual([])
  })
})
