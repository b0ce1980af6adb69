import { createPrivateKey, sign } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import type { Clock } from '../../conversation/ports.ts'

const SETTING = 'GOOGLE_APPLICATION_CREDENTIALS'
const SCOPE = 'https://www.googleapis.com/auth/cloud-platform'
const VALID_S = 3_600
/** A token is used for so long, and then another is made. */
const USED_MS = 50 * 60_000

const serviceAccount = z.object({
  type: z.literal('service_account', { error: 'is not that of a service account' }),
  project_id: z.string(),
  private_key_id: z.string(),
  private_key: z.string(),
  client_email: z.string(),
})

/** Who asks, and for which project. */
export interface GoogleCredentials {
  /** Nothing for an API key, which does not tell. */
  readonly projectId: string | undefined
  /** The headers of a request that begins now. */
  headers(clock: Clock): Readonly<Record<string, string>>
}

/**
 * Reads what `GOOGLE_APPLICATION_CREDENTIALS` has: the path of a service account's JSON file, that JSON itself, or an API key.
 * A service account signs its own tokens: nobody is asked for them. Throws an Error that says what is wrong, without the key.
 */
export async function googleCredentials(given: string): Promise<GoogleCredentials> {
  const isJson = given.trimStart().startsWith('{')
  const isPath = !isJson && /[/\\]|\.json$/.test(given)
  if (!isJson && !isPath) return { projectId: undefined, headers: () => ({ 'x-goog-api-key': given }) }
  const text = isJson
    ? given
    : await readFile(given, 'utf8').catch(cause => wrong(`cannot be read: ${codeOf(cause)}`, cause))
  const account = accountIn(text)
  const key = keyOf(account.private_key)
  let token: { readonly text: string; readonly untilMs: number } | undefined
  return {
    projectId: account.project_id,
    headers(clock) {
      if (!token || clock.now() > token.untilMs) {
        token = { text: signed(account, key, clock.wallTime()), untilMs: clock.now() + USED_MS }
      }
      return { authorization: `Bearer ${token.text}` }
    },
  }
}

function wrong(what: string, cause?: unknown): never {
  throw new Error(`${SETTING}: ${what}`, { cause })
}

const codeOf = (cause: unknown): string => (cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown')

function accountIn(text: string): z.output<typeof serviceAccount> {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return wrong('is not JSON')
  }
  const read = serviceAccount.safeParse(json)
  if (read.success) return read.data
  const [issue] = read.error.issues
  return wrong(`its ${issue?.path.join('.') ?? 'content'} ${issue?.message ?? 'is wrong'}`)
}

function keyOf(pem: string) {
  try {
    return createPrivateKey(pem)
  } catch (cause) {
    return wrong('its private_key is none', cause)
  }
}

function signed(
  { client_email, private_key_id }: z.output<typeof serviceAccount>,
  key: ReturnType<typeof createPrivateKey>,
  now: Date,
): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const atS = Math.floor(now.getTime() / 1_000)
  const claims = { iss: client_email, sub: client_email, scope: SCOPE, iat: atS, exp: atS + VALID_S }
  const head = `${part({ alg: 'RS256', typ: 'JWT', kid: private_key_id })}.${part(claims)}`
  return `${head}.${sign('RSA-SHA256', Buffer.from(head), key).toString('base64url')}`
}
