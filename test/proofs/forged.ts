import { createHmac } from 'node:crypto'
import { getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks.js'

/** A request that gives itself out for Twilio's, and is not. */
export interface Forged {
  readonly what: string
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** Draws a number from 0 to below 1. */
export type Chance = () => number
export type Params = Readonly<Record<string, string>>

export interface Target {
  readonly publicUrl: string
  readonly authToken: string
}

const PATHS = ['/calls/answer', '/calls/next', '/calls/rung-out', '/calls/status', '/calls/stream-status'] as const
const FORM = 'application/x-www-form-urlencoded'

const below = (chance: Chance, limit: number): number => Math.floor(chance() * limit)
export function oneOf<T>(chance: Chance, some: readonly [T, ...T[]]): T {
  return some[below(chance, some.length)] ?? some[0]
}
export const letters = (chance: Chance, count: number, alphabet: string): string =>
  Array.from({ length: count }, () => alphabet[below(chance, alphabet.length)]).join('')
const hex = (chance: Chance, count: number): string => letters(chance, count, '0123456789abcdef')
const encoded = (params: Params): string => new URLSearchParams(params).toString()
/** An address of its own for each, so that none is refused as one of many. */
export const address = (chance: Chance): string =>
  `10.${below(chance, 256)}.${below(chance, 256)}.${below(chance, 256)}`

/** What Twilio might send of a call. */
export function paramsOf(chance: Chance): Params {
  return {
    AccountSid: `AC${hex(chance, 32)}`,
    CallSid: `CA${hex(chance, 32)}`,
    From: `+1555${letters(chance, 7, '0123456789')}`,
    To: '+15550100000',
    CallStatus: oneOf(chance, ['ringing', 'in-progress', 'completed']),
    Direction: 'inbound',
    ...(chance() < 0.3 && { DialCallStatus: oneOf(chance, ['no-answer', 'busy', 'completed']) }),
  }
}

type Forgery = (chance: Chance, target: Target) => Omit<Forged, 'what'>

const post = (
  path: string,
  body: string,
  signature: string | undefined,
  headers: Params = {},
): Omit<Forged, 'what'> => ({
  ...{ method: 'POST', path, body },
  headers: {
    ...{ 'content-type': FORM, ...(signature !== undefined && { 'x-twilio-signature': signature }) },
    ...headers,
  },
})

/** A forgery by a signature that is made of the right one, or of what is nearly right. */
const signedBy =
  (
    sign: (
      right: string,
      at: { readonly url: string; readonly params: Params; readonly chance: Chance } & Target,
    ) => string,
  ): Forgery =>
  (chance, target) => {
    const path = oneOf(chance, PATHS)
    const params = paramsOf(chance)
    const url = `${target.publicUrl}${path}`
    const right = getExpectedTwilioSignature(target.authToken, url, params)
    return post(path, encoded(params), sign(right, { url, params, chance, ...target }))
  }

/** A forgery by a request that is not quite the one that was signed. */
const changed =
  (
    change: (signed: {
      readonly path: string
      readonly params: Params
      readonly signature: string
      readonly chance: Chance
    }) => Omit<Forged, 'what'>,
  ): Forgery =>
  (chance, { publicUrl, authToken }) => {
    const path = oneOf(chance, PATHS)
    const params = paramsOf(chance)
    const signature = getExpectedTwilioSignature(authToken, `${publicUrl}${path}`, params)
    return change({ path, params, signature, chance })
  }

const withUrl = (change: (url: URL) => string): Forgery =>
  signedBy((_, { url, params, authToken }) => getExpectedTwilioSignature(authToken, change(new URL(url)), params))

const FORGERIES: Readonly<Record<string, Forgery>> = {
  'no signature': changed(({ path, params }) => post(path, encoded(params), undefined)),
  'an empty signature': signedBy(() => ''),
  'a random signature': signedBy((_, { chance }) => `${letters(chance, 27, 'ABCDEFGHabcdefgh0123456789+/')}=`),
  'a signature cut short': signedBy((right, { chance }) => right.slice(0, below(chance, right.length - 1))),
  'a signature with more behind it': signedBy(right => `${right}A`),
  'a signature without its padding': signedBy(right => right.replace(/=+$/, '')),
  'a signature in other capitals': signedBy(right => right.toLowerCase()),
  'a signature with one letter changed': signedBy((right, { chance }) => {
    const at = below(chance, right.length - 1)
    return `${right.slice(0, at)}${right[at] === 'A' ? 'B' : 'A'}${right.slice(at + 1)}`
  }),
  'a signature in hex': signedBy(right => Buffer.from(right, 'base64').toString('hex')),
  'two signatures': signedBy((right, { chance }) => `${letters(chance, 28, 'ABCDEF')}, ${right}`),
  'a signature of SHA-256': signedBy((_, { url, params, authToken }) => {
    const text = Object.keys(params)
      .toSorted()
      .reduce((sum, name) => `${sum}${name}${params[name]}`, url)
    return createHmac('sha256', authToken).update(text).digest('base64')
  }),
  'a signature of another token': signedBy((_, { url, params, chance }) =>
    getExpectedTwilioSignature(oneOf(chance, ['', 'secret', 'x']), url, params),
  ),
  'a signature of the URL alone': signedBy((_, { url, authToken }) => getExpectedTwilioSignature(authToken, url, {})),
  'the signature of another host': withUrl(url => `https://evil.example${url.pathname}`),
  'the signature of a host that begins as ours': withUrl(url => `https://${url.host}.evil.example${url.pathname}`),
  'the signature of another scheme': withUrl(url => url.href.replace('https', 'http')),
  'the signature of another port': withUrl(url => `https://${url.hostname}:8443${url.pathname}`),
  'the signature of a URL with a user': withUrl(url => `https://user:word@evil.example${url.pathname}`),
  'the signature of another path': withUrl(url => `${url.href}/x`),
  'the signature of the stream': withUrl(url => `wss://${url.host}/calls/stream`),
  'another query': changed(({ path, params, signature }) => post(`${path}?times=7`, encoded(params), signature)),
  'another path': changed(({ path, params, signature }) =>
    post(path === '/calls/answer' ? '/calls/next' : '/calls/answer', encoded(params), signature),
  ),
  'a slash more': changed(({ path, params, signature }) => post(`${path}/`, encoded(params), signature)),
  'two slashes': changed(({ path, params, signature }) => post(`/${path}`, encoded(params), signature)),
  'a path in capitals': changed(({ path, params, signature }) => post(path.toUpperCase(), encoded(params), signature)),
  'an encoded path': changed(({ path, params, signature }) =>
    post(path.replace('c', '%63'), encoded(params), signature),
  ),
  'another caller': changed(({ path, params, signature }) =>
    post(path, encoded({ ...params, From: '+15550000000' }), signature),
  ),
  'another call': changed(({ path, params, signature, chance }) =>
    post(path, encoded({ ...params, CallSid: `CA${hex(chance, 32)}` }), signature),
  ),
  'one field more': changed(({ path, params, signature }) =>
    post(path, encoded({ ...params, StirVerstat: 'A' }), signature),
  ),
  'one field less': changed(({ path, params: { To: _, ...params }, signature }) =>
    post(path, encoded(params), signature),
  ),
  'a field in other capitals': changed(({ path, params: { From, ...params }, signature }) =>
    post(path, encoded({ ...params, from: From ?? '' }), signature),
  ),
  'a field twice': changed(({ path, params, signature, chance }) =>
    post(path, `${encoded(params)}&${chance() < 0.5 ? 'CallSid=CA1' : `CallSid=${params.CallSid}`}`, signature),
  ),
  'a field twice, in front': changed(({ path, params, signature }) =>
    post(path, `From=%2B15550000000&${encoded(params)}`, signature),
  ),
  'a field with brackets': changed(({ path, params, signature }) =>
    post(path, `${encoded(params)}&CallSid[]=CA1`, signature),
  ),
  'a body cut short': changed(({ path, params, signature, chance }) => {
    const body = encoded(params)
    return post(path, body.slice(0, below(chance, body.length - 1)), signature)
  }),
  'no body': changed(({ path, signature }) => post(path, '', signature)),
  'another method': changed(({ path, params, signature, chance }) => ({
    ...post(path, encoded(params), signature),
    method: oneOf(chance, ['PUT', 'PATCH', 'DELETE', 'OPTIONS']),
  })),
  'a GET with the fields in its query': changed(({ path, params, signature }) => ({
    ...post(`${path}?${encoded(params)}`, '', signature),
    method: 'GET',
  })),
  'a method in another header': changed(({ path, params, signature }) => ({
    ...post(path, encoded(params), signature, { 'x-http-method-override': 'POST' }),
    method: 'PUT',
  })),
  'JSON in place of a form': changed(({ path, params, signature }) =>
    post(path, JSON.stringify(params), signature, { 'content-type': 'application/json' }),
  ),
  'a form that says it is text': changed(({ path, params, signature }) =>
    post(path, encoded(params), signature, { 'content-type': 'text/plain' }),
  ),
  'a form that says it is of parts': changed(({ path, params, signature }) =>
    post(path, encoded(params), signature, { 'content-type': 'multipart/form-data; boundary=x' }),
  ),
  'nothing that says it is a form': changed(({ path, params, signature }) =>
    post(path, encoded(params), signature, { 'content-type': '' }),
  ),
  'another host by the proxy’s headers': (chance, { authToken }) => {
    const path = oneOf(chance, PATHS)
    const params = paramsOf(chance)
    const forwarded = {
      host: 'evil.example',
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'https',
      'x-forwarded-port': '443',
    }
    const more = {
      ...forwarded,
      forwarded: 'host=evil.example;proto=https',
      'x-original-url': path,
      'x-forwarded-prefix': '',
    }
    return post(
      path,
      encoded(params),
      getExpectedTwilioSignature(authToken, `https://evil.example${path}`, params),
      more,
    )
  },
  'another host in the request line': (chance, { authToken }) => {
    const path = oneOf(chance, PATHS)
    const params = paramsOf(chance)
    const url = `https://evil.example${path}`
    return post(url, encoded(params), getExpectedTwilioSignature(authToken, url, params))
  },
}

/** The kinds of forged posts. */
export const POSTS = Object.keys(FORGERIES)

/** The `n`th forged post: all kinds in turn. */
export function forgedPost(n: number, chance: Chance, target: Target): Forged {
  const what = POSTS[n % POSTS.length] ?? ''
  const forged = FORGERIES[what]?.(chance, target)
  if (!forged) throw new Error('there is no such forgery')
  return { what, ...forged, headers: { ...forged.headers, 'x-forwarded-for': address(chance) } }
}
