// The service says what happened as "ramped new-checkout in production from 5 % to 25 %", without who. Beside a flag's
// name its key and environment would only be repeated, so they become "it".

/** "ramped it from 5 % to 25 %", "turned it on", "killed it". */
export function shortSentence(sentence: string, flag: string | null, environment: string | null): string {
  if (flag === null) return sentence
  const subject = environment === null ? flag : `${flag} in ${environment}`
  return sentence
    .replace(/^(created|described|changed) the \w+ flag /, '$1 ')
    .replaceAll(subject, 'it')
    .replace(new RegExp(`(^|\\s)${escape(flag)}(?=[\\s,.:]|$)`, 'g'), '$1it')
    .replace(/^turned (on|off) it\b/, 'turned it $1')
}

/** The same for a narrow column: "5 % → 25 %" where a ramp is all that happened. */
export function tersely(sentence: string, flag: string, environment: string | null): string {
  const short = shortSentence(sentence, flag, environment)
  const ramp = /(?:^|and )ramped it from ([\d.]+) % to ([\d.]+ %)$/.exec(short)
  return ramp ? `${ramp[1]} → ${ramp[2]}` : short
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
