// Reads OpenFeature's feature file and runs it with steps. The parser is that of Cucumber; what runs the steps is Vitest.
import { AstBuilder, compile, GherkinClassicTokenMatcher, Parser } from '@cucumber/gherkin'
import { IdGenerator } from '@cucumber/messages'
import { describe, test } from 'vitest'
import text from './evaluation_v2.feature?raw'

type Step = [pattern: RegExp, run: (...values: string[]) => unknown]

/**
 * One test per scenario and row of its examples.
 * @param steps makes the steps of one scenario
 * @param skipped tags of what this provider has no answer for, and why
 */
export function runScenarios(name: string, steps: () => Step[], skipped: Record<string, string> = {}): void {
  const newId = IdGenerator.incrementing()
  const document = new Parser(new AstBuilder(newId), new GherkinClassicTokenMatcher()).parse(text)
  const pickles = compile(document, 'evaluation_v2.feature', newId)
  describe(`evaluation_v2 with ${name}`, () => {
    for (const [index, pickle] of pickles.entries()) {
      const tag = pickle.tags.find((one) => one.name in skipped)?.name
      const title = `${index + 1} ${pickle.name}${tag ? ` (${skipped[tag]})` : ''}`
      // oxlint-disable-next-line vitest/expect-expect, vitest/valid-title -- sentences of a file: the steps expect
      test.skipIf(tag !== undefined)(title, async () => {
        const known = steps()
        for (const step of pickle.steps) {
          const found = known.filter(([pattern]) => pattern.test(step.text))
          if (found.length !== 1) throw new Error(`${found.length} steps for: ${step.text}`)
          const [pattern, run] = found[0] as Step
          await run(...(pattern.exec(step.text)?.slice(1) ?? []))
        }
      })
    }
  })
}
