/** How this SDK introduces itself. A test holds the version against package.json. */
export const SDK = { name: 'rampart-node', version: '0.1.0' }
