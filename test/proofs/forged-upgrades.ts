import { getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks.js'
import { address, type Chance, type Forged, letters, oneOf, type Params, paramsOf, type Target } from './forged.ts'

const UPGRADE = { connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13' }
const UPGRADES: Readonly<
  Record<
    string,
    (
      chance: Chance,
      target: Target,
    ) => { readonly path: string; readonly signature: string | undefined; readonly more?: Params }
  >
> = {
  'no signature': () => ({ path: '/calls/stream', signature: undefined }),
  'a random signature': chance => ({
    path: '/calls/stream',
    signature: `${letters(chance, 27, 'ABCDEFabcdef0123+/')}=`,
  }),
  'the signature of another host': (_, { authToken }) => {
    const signature = getExpectedTwilioSignature(authToken, 'wss://evil.example/calls/stream', {})
    return {
      path: '/calls/stream',
      signature,
      more: { host: 'evil.example', 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'wss' },
    }
  },
  'the signature of https': (_, { authToken, publicUrl }) => ({
    path: '/calls/stream',
    signature: getExpectedTwilioSignature(authToken, `${publicUrl}/calls/stream`, {}),
  }),
  'the signature of another port': (_, { authToken, publicUrl }) => ({
    path: '/calls/stream',
    signature: getExpectedTwilioSignature(authToken, `${publicUrl.replace('https', 'wss')}:8443/calls/stream`, {}),
  }),
  'the signature of another path': (chance, { authToken, publicUrl }) => ({
    path: oneOf(chance, ['/calls/stream?x=1', '/calls/stream/', '/CALLS/stream', '//calls/stream', '/calls/%73tream']),
    signature: getExpectedTwilioSignature(authToken, `${publicUrl.replace('https', 'wss')}/calls/stream`, {}),
  }),
  'the signature of a webhook': (chance, { authToken, publicUrl }) => ({
    path: '/calls/stream',
    signature: getExpectedTwilioSignature(authToken, `${publicUrl}/calls/answer`, paramsOf(chance)),
  }),
  'the right signature at another route': (chance, { authToken, publicUrl }) => ({
    path: oneOf(chance, [
      '/',
      '/healthz',
      '/api/line',
      '/staff',
      '/staff/api/live/CA1/listen',
      '/livekit/webhook',
      '/tasks/mcp',
    ]),
    signature: getExpectedTwilioSignature(authToken, `${publicUrl.replace('https', 'wss')}/calls/stream`, {}),
  }),
}

/** The kinds of forged requests for a WebSocket. */
export const SOCKETS = Object.keys(UPGRADES)

/** The `n`th forged request for a WebSocket. */
export function forgedUpgrade(n: number, chance: Chance, target: Target): Forged {
  const what = SOCKETS[n % SOCKETS.length] ?? ''
  const forged = UPGRADES[what]?.(chance, target)
  if (!forged) throw new Error('there is no such forgery')
  const key = Buffer.from(letters(chance, 16, 'abcdef')).toString('base64')
  return {
    ...{ what: `a WebSocket with ${what}`, method: 'GET', path: forged.path, body: '' },
    headers: {
      ...{ ...UPGRADE, 'sec-websocket-key': key, 'x-forwarded-for': address(chance) },
      ...(forged.signature !== undefined && { 'x-twilio-signature': forged.signature }),
      ...forged.more,
    },
  }
}
