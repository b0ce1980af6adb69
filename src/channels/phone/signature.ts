import webhooks from 'twilio/lib/webhooks/webhooks.js'

/** True if Twilio signed this request. `params` are all fields of a form post; empty for the upgrade. */
export type SignatureCheck = (signature: unknown, path: string, params: Record<string, string>) => boolean

/**
 * Twilio signs the URL that it was configured with. So the URL is built from `publicUrl` and the path with its query,
 * never from the request's own headers. Anything malformed is refused.
 */
export function signatureCheck(authToken: string, publicUrl: string): SignatureCheck {
  return (signature, path, params) =>
    typeof signature === 'string' &&
    signature.length > 0 &&
    webhooks.validateRequest(authToken, signature, `${publicUrl}${path}`, params)
}

/** The same for the stream's upgrade request, signed over the wss URL in the TwiML, with or without port. */
export function upgradeCheck(authToken: string, publicUrl: string): SignatureCheck {
  const configured = publicUrl.replace(/^http/, 'ws')
  const url = new URL(configured)
  const bare = `${url.protocol}//${url.host}${url.pathname.replace(/\/$/, '')}`
  // The SDK assumes port 80 for wss, so 443 must be explicit (seen with twilio 6.2).
  const port = url.port || (url.protocol === 'wss:' ? 443 : 80)
  const withPort = bare.replace(url.host, `${url.hostname}:${port}`)
  return (signature, path, params) =>
    typeof signature === 'string' &&
    signature.length > 0 &&
    [configured, bare, withPort].some(base => webhooks.validateRequest(authToken, signature, `${base}${path}`, params))
}
