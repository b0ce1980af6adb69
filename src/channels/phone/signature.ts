import webhooks from 'twilio/lib/webhooks/webhooks.js'

/** Says whether Twilio signed this request. `params` are all the fields of a form post, none for the upgrade. */
export type SignatureCheck = (signature: unknown, path: string, params: Record<string, string>) => boolean

/**
 * Twilio signs the URL as it was told it, so ours is built from `publicUrl` (never from the request's own headers)
 * and the path with its query. Anything that is not plainly right is wrong.
 */
export function signatureCheck(authToken: string, publicUrl: string): SignatureCheck {
  return (signature, path, params) =>
    typeof signature === 'string' &&
    signature.length > 0 &&
    webhooks.validateRequest(authToken, signature, `${publicUrl}${path}`, params)
}

/** The same for the stream's upgrade request, which Twilio signs over the wss URL of the TwiML, with or without port. */
export function upgradeCheck(authToken: string, publicUrl: string): SignatureCheck {
  const asTold = publicUrl.replace(/^http/, 'ws')
  const url = new URL(asTold)
  const bare = `${url.protocol}//${url.host}${url.pathname.replace(/\/$/, '')}`
  // The SDK takes 80 for the standard port of wss, so 443 has to be spelt out (seen with twilio 6.2).
  const port = url.port || (url.protocol === 'wss:' ? 443 : 80)
  const spelled = bare.replace(url.host, `${url.hostname}:${port}`)
  return (signature, path, params) =>
    typeof signature === 'string' &&
    signature.length > 0 &&
    [asTold, bare, spelled].some(base => webhooks.validateRequest(authToken, signature, `${base}${path}`, params))
}
