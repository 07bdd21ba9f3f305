/** Path below which the identity provider sends people back; better-auth is asked by this path and no other. */
export const OIDC_BASE = '/api/v1/session/oidc'
export const OIDC_CALLBACK = `${OIDC_BASE}/callback`
export const OIDC_PROVIDER = 'oidc'

/** Where the network address of a request stands for better-auth, which has no socket to look at. */
export const ADDRESS_HEADER = 'x-rampart-address'
