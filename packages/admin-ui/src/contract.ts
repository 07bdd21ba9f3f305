// What the service answers, written by hand from docs/http-api.md: the console must not drag the server's code along,
// and the wire types of rules and rollouts come from the evaluation, which both sides share.
export type * from './contract/flags.ts'
export type * from './contract/history.ts'
export type * from './contract/keys.ts'
export type * from './contract/people.ts'
export type * from './contract/projects.ts'
export type * from './contract/ramps.ts'
export type * from './contract/telemetry.ts'
