import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto'
import { ownCookie } from '../../own-pages/cookie.ts'

/** What the name of an owner begins with that only a browser's cookie names. */
export const BROWSER_OWNER = 'browser:'
const YEAR_SECONDS = 365 * 24 * 3_600
const OWNER = /^[\x21-\x7e]{1,200}$/

/** Signed cookies that say whose tasks a browser uses. Only a server with the secret can write one. */
export interface OwnerCookies {
  readonly name: string
  /** The owner in a request's Cookie header, if we signed the cookie and the owner's PIN has not changed since. */
  read(header: string | undefined): Promise<string | undefined>
  /** The Set-Cookie header that binds the browser to this owner. */
  write(owner: string): Promise<string>
}

/**
 * `secure` is for pages served over https. Servers with the same secret accept each other's cookies. `pinSetAt` gives
 * when an owner's PIN was set, if there is one: setting or removing a PIN ends the cookies written before.
 */
export function ownerCookies(
  secret: string,
  secure: boolean,
  pinSetAt: (owner: string) => Promise<string | undefined>,
): OwnerCookies {
  const key = createHmac('sha256', secret).update('partyline owner cookie').digest()
  const cookie = ownCookie('partyline_owner', secure, 'Lax')
  const mac = (text: string): Buffer => Buffer.from(createHmac('sha256', key).update(text).digest('base64url'))

  const withPin = async (owner: string): Promise<string> => `${owner} ${(await pinSetAt(owner)) ?? ''}`.trim()

  function verifiedText(value: string): string | undefined {
    const [text, signed, ...more] = value.split('.')
    if (!text || !signed || more.length > 0) return undefined
    const [ours, theirs] = [mac(text), Buffer.from(signed)]
    if (ours.length !== theirs.length || !timingSafeEqual(ours, theirs)) return undefined
    return Buffer.from(text, 'base64url').toString('utf8')
  }

  return {
    name: cookie.name,
    async read(header) {
      const text = cookie
        .values(header)
        .map(verifiedText)
        .find(found => found !== undefined)
      const owner = text?.split(' ')[0]
      return owner !== undefined && text === (await withPin(owner)) ? owner : undefined
    },
    async write(owner) {
      if (!OWNER.test(owner)) throw new Error('an owner is 1 to 200 printable characters')
      const text = Buffer.from(await withPin(owner)).toString('base64url')
      return cookie.set(`${text}.${mac(text)}`, YEAR_SECONDS)
    },
  }
}

/** A new owner, for a browser without a valid cookie. */
export function newBrowserOwner(): string {
  return `${BROWSER_OWNER}${randomUUID()}`
}
