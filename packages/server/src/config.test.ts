import { describe, expect, it } from 'vitest'
import { ConfigError, readConfig } from './config.ts'

describe('the configuration', () => {
  it('has defaults for everything', () => {
    expect(readConfig({})).toEqual({
      port: 4400,
      host: '127.0.0.1',
      dataDir: '.rampart',
      databaseUrl: undefined,
      adminToken: undefined,
      publicUrl: undefined,
      secret: undefined,
      proxies: 0,
      oidc: undefined,
      rateLimit: 1200,
    })
  })

  it('takes an empty variable for one that is not set', () => {
    expect(readConfig({ PORT: '', DATABASE_URL: '', RAMPART_ADMIN_TOKEN: '' })).toEqual(readConfig({}))
  })

  it.each<[Record<string, string>, RegExp]>([
    [{ PORT: 'http' }, /PORT must be a whole number from 0 to 65535/],
    [{ PORT: '70000' }, /PORT must be from 0 to 65535/],
    [{ PORT: '-1' }, /PORT/],
    [{ RAMPART_RATE_LIMIT: '1.5' }, /RAMPART_RATE_LIMIT must be a whole number/],
    [{ DATABASE_URL: 'mysql://x' }, /must begin with postgres:/],
    [{ RAMPART_OIDC_GROUPS: 'devs' }, /RAMPART_OIDC_GROUPS must be a JSON list .* not valid JSON/],
    [{ RAMPART_OIDC_GROUPS: '[{"group": "devs", "project": "shop", "role": "owner"}]' }, /0\.role/],
    [
      { RAMPART_OIDC_GROUPS: JSON.stringify([1, 2].map(() => ({ group: 'a', project: '*', role: 'viewer' }))) },
      /two roles in one project/,
    ],
    [{ RAMPART_OIDC_GROUPS: '[]' }, /needs RAMPART_OIDC_ISSUER/],
    [{ RAMPART_ADMIN_TOKEN: 'short' }, /at least 16 characters/],
    [{ RAMPART_ADMIN_TOKEN: 'sixteen characters and spaces' }, /without spaces/],
  ])('refuses %j', (env, message) => {
    expect(() => readConfig(env)).toThrow(message)
    expect(() => readConfig(env)).toThrow(ConfigError)
  })

  it('names every mistake at once and never shows the values', () => {
    const env = { PORT: 'x', RAMPART_ADMIN_TOKEN: 'secret' }
    expect(() => readConfig(env)).toThrow(/PORT.*\n.*RAMPART_ADMIN_TOKEN/)
    expect(() => readConfig(env)).not.toThrow(/secret/)
  })
})
