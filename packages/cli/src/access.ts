// Where the service is and who asks: from options, or from the environment, in which a secret belongs.
import type { Command } from 'commander'
import { EXIT, Failure } from './failure.ts'

export interface AccessOptions {
  url?: string
  token?: string
}

export interface Access {
  /** Address of the service, without a slash at its end. */
  url: string
  token: string
}

/** The options that every verb has which talks to the service. */
export function withAccess(command: Command): Command {
  return command
    .option('--url <address>', 'address of the service (default: $RAMPART_URL)')
    .option('--token <token>', 'API token; better kept in $RAMPART_TOKEN, where no list of processes shows it')
}

/** @throws Failure MISUSE when something is missing or cannot be right */
export function readAccess({ url, token }: AccessOptions): Access {
  return {
    url: readUrl(url ?? process.env['RAMPART_URL'] ?? ''),
    token: readToken(token ?? process.env['RAMPART_TOKEN'] ?? ''),
  }
}

function readUrl(text: string): string {
  const advice = 'Set RAMPART_URL or --url to the address of the service, for example http://127.0.0.1:4400.'
  if (text.trim() === '') throw new Failure(EXIT.MISUSE, `Where is the service? ${advice}`)
  const url = URL.canParse(text.trim()) ? new URL(text.trim()) : undefined
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    throw new Failure(EXIT.MISUSE, `"${text}" is not an address. ${advice}`)
  }
  return (url.origin + url.pathname).replace(/\/+$/, '')
}

function readToken(text: string): string {
  const token = text.trim()
  if (token === '') {
    throw new Failure(
      EXIT.MISUSE,
      'Who asks? Set RAMPART_TOKEN to an API token (rpt_...). The service printed one at its first start.',
    )
  }
  if (/^rp[sc]_/.test(token)) {
    throw new Failure(
      EXIT.MISUSE,
      'This is an SDK key: it reads flags and changes nothing. The command line needs an API token (rpt_...).',
    )
  }
  if (!/^[\x21-\x7e]+$/.test(token)) {
    throw new Failure(EXIT.MISUSE, 'The token holds characters that no token has. Was it copied whole?')
  }
  return token
}
