import { entryOf, PORTS } from '../providers/catalogue/catalogue.ts'
import type { Port } from '../providers/entry.ts'
import type { ChosenProvider, ChosenProviders } from './providers.ts'

/** A vendor whom the sandbox can stand in for, by its title: "Twilio", "Deepgram". */
export type StandIn = string

type Given = Readonly<Record<string, string | undefined>>

/** By whom pictures are looked at. */
const GEMINI_HOST = /(?:^|\.)googleapis\.com$/

/** Gemini's server, if it is named without the key that it certainly wants. */
export function geminiKeyMissing(given: Given): readonly string[] {
  const url = given.GEMINI_API_KEY === undefined ? given.GEMINI_BASE_URL : undefined
  if (url === undefined || !URL.canParse(url)) return []
  const { hostname } = new URL(url)
  return GEMINI_HOST.test(hostname) ? [`GEMINI_API_KEY: is missing, and ${hostname} (GEMINI_BASE_URL) wants one`] : []
}

/**
 * Whom the sandbox stands in for, and whether screens can be looked at. A server that is named is used as it is named, with
 * or without a key: models on this machine want none. `isSigned`: Twilio's token is a secret.
 */
export function standInsFor(
  given: Given,
  chosen: ChosenProviders,
  { isSigned, production }: { readonly isSigned: boolean; readonly production: boolean },
): { readonly standIns: readonly StandIn[]; readonly hasSight: boolean } {
  const isBlind = given.GEMINI_API_KEY === undefined && given.GEMINI_BASE_URL === undefined
  const titles = PORTS.flatMap(port => stoodIn(chosen, port).map(({ title }) => title))
  // Production can do without pictures, and with nobody's stand-in.
  const gemini = isBlind && !production ? ['Gemini'] : []
  const standIns = [...new Set([...(isSigned ? [] : ['Twilio']), ...titles, ...gemini])]
  return { standIns, hasSight: !isBlind || !production }
}

/** A line for each vendor whom production would have to do without. */
export function refusedStandIns(chosen: ChosenProviders, isSigned: boolean): readonly string[] {
  const line = (key: string, title: string): string =>
    `${key}: is missing, and production does not use ${title}'s stand-in`
  return [
    ...(isSigned ? [] : [line('TWILIO_AUTH_TOKEN', 'Twilio')]),
    ...PORTS.flatMap(port =>
      stoodIn(chosen, port).map(({ name, title }) => {
        const specs = Object.values(entryOf(port, name)?.settings ?? {})
        const refused = line(specs.find(({ kind }) => kind === 'secret')?.name ?? port, title)
        return port === 'LLM' ? refused : `${refused}; ${port}=local needs no key`
      }),
    ),
  ]
}

const stoodIn = (chosen: ChosenProviders, port: Port): readonly ChosenProvider[] =>
  chosen[port].filter(({ isStoodIn }) => isStoodIn)
