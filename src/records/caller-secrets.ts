import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto'

/** How a caller's number is kept: a keyed hash to find it by, and sealed to show it. Neither says it without the key. */
export interface KeptCaller {
  readonly hash: string
  readonly sealed: string
}

export interface CallerSecrets {
  /** For this call. The same number and call always give the same. */
  keep(e164: string, callId: string): KeptCaller
  hashOf(e164: string): string
  /** Undefined where another secret was in force, or the text was changed. */
  open(sealed: string, callId: string): string | undefined
}

const CIPHER = 'aes-256-gcm'
const NONCE_BYTES = 12
const TAG_BYTES = 16

/** Each purpose has its own key of the one secret. */
export function callerSecrets(secret: string): CallerSecrets {
  const keyFor = (purpose: string): Buffer => createHmac('sha256', secret).update(`partyline ${purpose}`).digest()
  const [searchKey, sealKey, nonceKey] = [keyFor('caller search'), keyFor('caller seal'), keyFor('caller nonce')]
  const hashOf = (e164: string): string => createHmac('sha256', searchKey).update(e164).digest('base64url')

  return {
    hashOf,
    keep(e164, callId) {
      // A nonce of what is sealed never meets another text under the same key.
      const nonce = createHmac('sha256', nonceKey).update(`${callId}\n${e164}`).digest().subarray(0, NONCE_BYTES)
      const cipher = createCipheriv(CIPHER, sealKey, nonce).setAAD(Buffer.from(callId))
      const text = Buffer.concat([cipher.update(e164, 'utf8'), cipher.final()])
      return { hash: hashOf(e164), sealed: Buffer.concat([nonce, cipher.getAuthTag(), text]).toString('base64url') }
    },
    open(sealed, callId) {
      const bytes = Buffer.from(sealed, 'base64url')
      if (bytes.length <= NONCE_BYTES + TAG_BYTES) return undefined
      const decipher = createDecipheriv(CIPHER, sealKey, bytes.subarray(0, NONCE_BYTES))
        .setAAD(Buffer.from(callId))
        .setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES))
      try {
        return decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES), undefined, 'utf8') + decipher.final('utf8')
      } catch {
        return undefined
      }
    },
  }
}

const E164 = /^\+[1-9]\d{6,14}$/

export const isE164 = (text: string): boolean => E164.test(text)

/** "+15551230123" as "+1 ••• ••• 0123": the last four digits, and the first of the country. */
export const masked = (e164: string): string => `${e164.slice(0, 2)} ••• ••• ${e164.slice(-4)}`
