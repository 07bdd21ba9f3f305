/** A test holds it against package.json. */
export const VERSION = '0.1.0'

/** How this SDK introduces itself. */
export const SDK: { name: string; version: string } = { name: 'rampart-node', version: VERSION }
