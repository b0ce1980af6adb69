/** A vendor whom the sandbox can stand in for. */
export type StandIn = 'Twilio' | 'Deepgram' | 'OpenAI' | 'Cartesia' | 'Gemini'

type Given = Readonly<Record<string, string | undefined>>

/** `local`: the setting by which this machine does the vendor's work itself. */
const KEYS = [
  { name: 'Twilio', key: 'TWILIO_AUTH_TOKEN' },
  {
    ...{ name: 'Deepgram', key: 'DEEPGRAM_API_KEY', url: 'DEEPGRAM_BASE_URL', local: 'STT' },
    vendor: /(?:^|\.)deepgram\.com$/,
  },
  { name: 'OpenAI', key: 'OPENAI_API_KEY', url: 'OPENAI_BASE_URL', vendor: /(?:^|\.)openai\.com$/ },
  {
    ...{ name: 'Cartesia', key: 'CARTESIA_API_KEY', url: 'CARTESIA_BASE_URL', local: 'TTS' },
    vendor: /(?:^|\.)cartesia\.ai$/,
  },
  { name: 'Gemini', key: 'GEMINI_API_KEY', url: 'GEMINI_BASE_URL', vendor: /(?:^|\.)googleapis\.com$/ },
] as const satisfies readonly {
  readonly name: StandIn
  readonly key: string
  readonly url?: string
  readonly local?: string
  readonly vendor?: RegExp
}[]
type Key = (typeof KEYS)[number]
/** A call needs all the others. */
const DISPENSABLE: readonly StandIn[] = ['Gemini']

const isLocal = (entry: Key, given: Given): boolean => 'local' in entry && given[entry.local] === 'local'

/** The servers that are named without the key that they certainly want. */
export function keysMissing(given: Given): readonly string[] {
  return KEYS.flatMap(entry => {
    if (!('url' in entry) || isLocal(entry, given)) return []
    const url = given[entry.key] === undefined ? given[entry.url] : undefined
    if (url === undefined || !URL.canParse(url)) return []
    const { hostname } = new URL(url)
    return entry.vendor.test(hostname) ? [`${entry.key}: is missing, and ${hostname} (${entry.url}) wants one`] : []
  })
}

/**
 * Whom the sandbox stands in for, and whether screens can be looked at. A server that is named is used as it is named, with
 * or without a key: models on this machine want none. `isSigned`: Twilio's token is a secret.
 */
export function standInsFor(
  given: Given,
  { isSigned, production }: { readonly isSigned: boolean; readonly production: boolean },
): { readonly standIns: readonly StandIn[]; readonly hasSight: boolean } {
  const unset = KEYS.filter(entry =>
    'url' in entry
      ? given[entry.key] === undefined && given[entry.url] === undefined && !isLocal(entry, given)
      : !isSigned,
  )
  const needed = unset.filter(({ name }) => !production || !DISPENSABLE.includes(name))
  return { standIns: needed.map(({ name }) => name), hasSight: needed.length === unset.length }
}

/** A line for each vendor whom production would have to do without. */
export function refusedStandIns(standIns: readonly StandIn[]): readonly string[] {
  return KEYS.filter(({ name }) => standIns.includes(name)).map(entry => {
    const line = `${entry.key}: is missing, and production does not use ${entry.name}'s stand-in`
    return 'local' in entry ? `${line}; ${entry.local}=local needs no key` : line
  })
}
