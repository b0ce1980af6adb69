import { getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks.js'

/**
 * The `X-Twilio-Signature` of a request: HMAC-SHA1 over the URL exactly as configured (for a stream its wss:// form),
 * followed by the form's keys and values in order. Always made over the public URL, wherever the request is dialled.
 */
export function twilioSignature(authToken: string, publicUrl: string, form: Readonly<Record<string, string>>): string {
  return getExpectedTwilioSignature(authToken, publicUrl, { ...form })
}
