// The bare limit: what a hand-written evaluator needs that looks a flag up and hashes, with no safety, no reasons and
// no counting. Ratios are taken against it, because a machine that is busy slows it down as well.

function murmur3(text, seed) {
  const whole = text.length & ~3
  let hash = seed
  let i = 0
  for (; i < whole; i += 4) {
    let block =
      text.charCodeAt(i) |
      (text.charCodeAt(i + 1) << 8) |
      (text.charCodeAt(i + 2) << 16) |
      (text.charCodeAt(i + 3) << 24)
    block = Math.imul(block, 0xcc9e2d51)
    hash ^= Math.imul((block << 15) | (block >>> 17), 0x1b873593)
    hash = (Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64) | 0
  }
  let rest = 0
  for (let shift = 0; i < text.length; i++, shift += 8) rest |= text.charCodeAt(i) << shift
  rest = Math.imul(rest, 0xcc9e2d51)
  hash ^= Math.imul((rest << 15) | (rest >>> 17), 0x1b873593) ^ text.length
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

/** A version as one number. */
function numberOf(version) {
  let sum = 0
  let part = 0
  for (let i = 0; i < version.length; i++) {
    const code = version.charCodeAt(i)
    if (code === 46) {
      sum = (sum + part) * 1_000
      part = 0
    } else part = part * 10 + code - 48
  }
  return sum + part
}

function compile(flag, segments) {
  const { variant, rollout } = flag.defaultServe
  return {
    isOn: flag.rules.length === 0 && variant === 'on',
    seed: murmur3(flag.salt, 0),
    limit: rollout === undefined ? 0 : Math.ceil((rollout.weight * 2 ** 32) / 100_000),
    rules: flag.rules.map(({ conditions: [{ op, attribute, values }] }) => {
      if (op === 'segment') return { op: 0, attribute: 'key', set: segments.get(values[0]), wanted: 0 }
      if (op === 'in' && values.length > 1) return { op: 0, attribute, set: new Set(values), wanted: 0 }
      if (op === 'in') return { op: 1, attribute, set: null, wanted: values[0] }
      if (op === 'endsWith') return { op: 2, attribute, set: null, wanted: values[0] }
      return { op: 3, attribute, set: null, wanted: numberOf(values[0]) }
    }),
  }
}

function decide(flag, user) {
  if (flag.isOn) return true
  for (let i = 0; i < flag.rules.length; i++) {
    const rule = flag.rules[i]
    switch (rule.op) {
      case 0:
        if (rule.set.has(user[rule.attribute])) return true
        break
      case 1:
        if (user[rule.attribute] === rule.wanted) return true
        break
      case 2:
        if (user[rule.attribute].endsWith(rule.wanted)) return true
        break
      default:
        if (numberOf(user[rule.attribute]) >= rule.wanted) return true
    }
  }
  return flag.limit > 0 && murmur3(user.key, flag.seed) < flag.limit
}

export const adapters = [
  {
    name: 'bare',
    translate: (snapshot) => snapshot,
    async open({ flags, segments }, key) {
      const sets = new Map(segments.map((segment) => [segment.key, new Set(segment.included)]))
      const compiled = new Map(flags.map((flag) => [flag.key, compile(flag, sets)]))
      return {
        userOf: (person) => person,
        isEnabled(user) {
          const flag = compiled.get(key)
          return flag === undefined ? false : decide(flag, user)
        },
        allFlags(user) {
          const values = {}
          for (const [name, flag] of compiled) values[name] = decide(flag, user)
          return values
        },
        close() {},
      }
    },
  },
]
