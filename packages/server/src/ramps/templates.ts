import type { RampStep } from './ramp-plan.ts'

export interface BuiltInTemplate {
  name: string
  description: string
  steps: RampStep[]
}

const MINUTE = 60
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

function steps(...parts: [percent: number, soakSeconds: number, approval?: true][]): RampStep[] {
  return parts.map(([percent, soakSeconds, approval]) => ({
    weight: percent * 1000,
    soakSeconds,
    approval: approval ?? false,
  }))
}

/** Plans that every project has. Their names stand in the URL and the history, so they stay. */
export const BUILT_IN_TEMPLATES: readonly BuiltInTemplate[] = [
  {
    name: 'standard',
    description: '1, 5, 25, 50, 100 % with an hour each',
    steps: steps([1, HOUR], [5, HOUR], [25, HOUR], [50, HOUR], [100, 0]),
  },
  {
    name: 'quick',
    description: '5, 25, 100 % within twenty minutes, for a small change',
    steps: steps([5, 10 * MINUTE], [25, 10 * MINUTE], [100, 0]),
  },
  {
    name: 'careful',
    description: '1, 5, 10, 25, 50, 100 % with a day each, half and everybody by approval',
    steps: steps([1, DAY], [5, DAY], [10, DAY], [25, DAY], [50, DAY, true], [100, 0, true]),
  },
]
