import { describe, expect, it } from 'vitest'
import { readNotice } from './notices.ts'

describe('readNotice', () => {
  it('reads what commands send', () => {
    expect(readNotice('env:7')).toEqual({ about: 'change', environmentId: 'env', revision: 7 })
    const kill = { kind: 'kill', flag: 'new.checkout-2', revision: 8 }
    expect(readNotice('kill:env:8:new.checkout-2')).toEqual({ about: 'kill', environmentId: 'env', kill })
    expect(readNotice('restore:env:9:a')).toMatchObject({ about: 'kill', kill: { kind: 'restore', revision: 9 } })
    expect(readNotice('keys')).toEqual({ about: 'keys' })
  })

  it.each(['', 'env', 'env:', 'env:x', 'kill:env:8', 'kill:env:8:', 'kill:env:x:flag', 'later:words:of:a:version'])(
    'ignores %j',
    (payload) => {
      expect(readNotice(payload)).toBeUndefined()
    },
  )
})
