import { createHmac, timingSafeEqual } from 'node:crypto'

/** Text that only a server with the same secret can sign, for one purpose. */
export function signedText(secret: string, purpose: string) {
  const key = createHmac('sha256', secret).update(purpose).digest()
  const mac = (text: string): string => createHmac('sha256', key).update(text).digest('base64url')
  return {
    /** The text with its signature, in letters that are safe in URLs and XML. */
    sign(text: string): string {
      const encoded = Buffer.from(text).toString('base64url')
      return `${encoded}.${mac(encoded)}`
    },
    /** The text, if the signature is ours. */
    read(signed: string | undefined): string | undefined {
      const [encoded, signature, ...more] = signed?.split('.') ?? []
      if (!encoded || !signature || more.length > 0) return undefined
      // Compared as text, because base64 can encode the same bytes in several ways.
      const [ours, theirs] = [Buffer.from(mac(encoded)), Buffer.from(signature)]
      if (ours.length !== theirs.length || !timingSafeEqual(ours, theirs)) return undefined
      return Buffer.from(encoded, 'base64url').toString('utf8')
    },
  }
}
