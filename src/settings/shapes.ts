import { isIP } from 'node:net'
import { z } from 'zod'
import { wrongSecret } from './secret.ts'

/** A URL of one of these protocols, without slashes at its end. */
export const url = (...protocols: readonly string[]) =>
  z
    .string()
    .refine(
      text => URL.canParse(text) && protocols.includes(new URL(text).protocol),
      `must be a URL with ${protocols.join(' or ')}`,
    )
    .transform(text => text.replace(/\/+$/, ''))
/** What is sent as a key, without the line break of the file that it came from. */
export const secret = z.string().transform((text, context) => {
  const message = wrongSecret(text)
  if (message !== undefined) context.addIssue({ code: 'custom', message })
  return text.trim()
})
export function isZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}
export const onOff = z.enum(['on', 'off']).transform(text => text === 'on')
export const number = (least: number, most: number) =>
  z.string().regex(/^\d+$/, 'must be a whole number').transform(Number).pipe(z.number().min(least).max(most))
/** An amount of money, in USD. */
export const usd = z
  .string()
  .regex(/^\d{1,7}(?:\.\d{1,4})?$/, 'must be an amount in USD such as 0.25')
  .transform(Number)
  .refine(amount => amount > 0, 'must be more than 0; without it there is no limit')
export const days = z
  .string()
  .regex(/^(?:off|[1-9]\d{0,4})$/, 'must be a whole number of days, or off')
  .transform(text => (text === 'off' ? ('off' as const) : Number(text)))
/** An address or a network such as 10.0.0.0/8. */
export function isNetwork(text: string): boolean {
  const [ip = '', bits, ...more] = text.split('/')
  const mostBits = { 0: 0, 4: 32, 6: 128 }[isIP(ip)] ?? 0
  return (
    mostBits > 0 && more.length === 0 && (bits === undefined || (/^[1-9]\d*$/.test(bits) && Number(bits) <= mostBits))
  )
}
const LANGUAGES = ['en', 'de', 'es'] as const
/** Languages with commas, the first of which is the usual one. */
export const languages = z.string().transform((text, context) => {
  const names = text.split(',').map(name => name.trim())
  const known = LANGUAGES.filter(code => names.includes(code))
  if (known.length < names.length)
    context.addIssue({ code: 'custom', message: `must be one or several of ${LANGUAGES.join(', ')}, each once` })
  return known.toSorted((one, other) => names.indexOf(one) - names.indexOf(other))
})
/** The language in which calls begin, and all to which they may change. */
export interface ChosenLanguages {
  readonly LANGUAGE: z.infer<typeof languages>[number]
  readonly LANGUAGES: z.infer<typeof languages>
}
export const e164 = z.string().regex(/^\+[1-9]\d{6,14}$/, 'must be a phone number like +15551234567')
/** Who may look, by what their OpenID Connect provider says: see `staff/sign-in/claims.ts`. */
export const rules = z
  .string()
  .transform(text => text.split(',').map(rule => rule.trim()))
  .refine(
    all => all.every(rule => /^(?:[^=]+=)?[^=]+$/.test(rule)),
    'must be groups, or claims such as email=anna@example.com, with commas',
  )
export const passwordHash = z
  .string()
  .regex(/^scrypt:\d{1,8}:\d{1,3}:\d{1,3}:[\w-]{16,}:[\w-]{16,}$/, 'must be a hash that `npm run staff:password` made')
/** Headers as OpenTelemetry writes them: `name=value` with commas, values as in URLs. */
export const headers = z
  .string()
  .refine(
    text => text.split(',').every(part => /^\s*[!#$%&'*+.^_`|~\w-]+\s*=/.test(part) && decoded(part) !== undefined),
    'must be name=value with commas, and values as in URLs: %20 for a space',
  )
  .transform(text =>
    Object.fromEntries(
      text.split(',').map(part => {
        const [name = '', ...value] = part.split('=')
        return [name.trim(), decoded(value.join('=').trim()) ?? '']
      }),
    ),
  )
function decoded(text: string): string | undefined {
  try {
    const value = decodeURIComponent(text)
    // Node refuses any other sign in a header.
    return /^[\t\x20-\x7e]*$/.test(value) ? value : undefined
  } catch {
    return undefined
  }
}
