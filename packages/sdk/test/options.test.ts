import { afterEach, describe, expect, test, vi } from 'vitest'
import { type ClientOptions, createClient, init } from '../src/index.ts'

afterEach(() => {
  vi.unstubAllGlobals()
})

const good = { url: 'https://flags.test', sdkKey: 'rps_good' }

describe('createClient refuses, and says what to do about', () => {
  test.each<[string, unknown, string]>([
    ['no options', undefined, 'createClient({ url, sdkKey })'],
    ['no url', { sdkKey: 'rps_x' }, 'give the address of the service'],
    ['a url that is none', { ...good, url: 'flags.test' }, 'give the address of the service'],
    ['a url of another protocol', { ...good, url: 'ftp://flags.test' }, 'must begin with http'],
    ['a url with a password', { ...good, url: 'https://me:secret@flags.test' }, 'no credentials'],
    ['a url with a query', { ...good, url: 'https://flags.test?key=x' }, 'no credentials, "?"'],
    ['no key', { url: good.url }, 'create a server key'],
    ['an empty key', { ...good, sdkKey: '' }, 'create a server key'],
    ['a key with a line break', { ...good, sdkKey: 'rps_x\n' }, 'copy it again'],
    ['a client key', { ...good, sdkKey: 'rpc_x' }, 'needs a server key'],
    ['an API token', { ...good, sdkKey: 'rpt_x' }, 'needs a server key'],
    ['an option that does not exist', { ...good, pollInterval: 5 }, 'unknown option "pollInterval"'],
    ['an interval that is none', { ...good, pollIntervalMs: Number.NaN }, 'number of milliseconds'],
    ['an interval that is too short', { ...good, pollIntervalMs: 10 }, 'from 1000'],
    ['a name that no header can carry', { ...good, name: 'größe' }, 'printable ASCII'],
    ['a fetch that is no function', { ...good, fetch: 'fetch' }, 'must be a function'],
  ])('%s', (_, options, message) => {
    expect(() => createClient(options as ClientOptions)).toThrow(TypeError)
    expect(() => createClient(options as ClientOptions)).toThrow(message)
    expect(() => init(options as ClientOptions)).toThrow(message)
  })

  test('a server key in a browser window', () => {
    vi.stubGlobal('window', {})
    vi.stubGlobal('document', {})
    expect(() => createClient(good)).toThrow('must not be used in a browser window')
  })

  test('nothing with the key in the message', () => {
    for (const sdkKey of ['rpc_very-secret', 'rps_very-secret\n', 'very secret']) {
      expect(() => createClient({ ...good, sdkKey })).not.toThrow(/secret/)
    }
  })
})
