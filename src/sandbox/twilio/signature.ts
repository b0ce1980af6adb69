import { getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks.js'

/**
 * The `X-Twilio-Signature` of a request: HMAC-SHA1 over the URL exactly as configured (for a stream its wss:// form),
 * followed by the form's keys and values in order. It always covers the public URL, even when another one is dialed.
 */
export function twilioSignature(authToken: string, publicUrl: string, form: Readonly<Record<string, string>>): string {
  return getExpectedTwilioSignature(authToken, publicUrl, { ...form })
}
