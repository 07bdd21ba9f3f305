// For pages: values that the service has evaluated, and no rules.
export {
  type BrowserClient,
  type BrowserExplanation,
  type BrowserStatus,
  createBrowserClient,
  type TypedBrowserClient,
  type ValuesChange,
} from './browser-client.ts'
export type { BrowserClientOptions, KeyValueStorage } from './browser-options.ts'
export type { EvaluatedFlag, EvaluatedFlags } from './evaluated-flags.ts'
export type { Attributes, JsonValue } from '@rampart/evaluation'
