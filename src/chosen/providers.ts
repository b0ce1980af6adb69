import { type AnyEntry, entryOf, namesOf, PORTS, type Values } from '../providers/catalogue/catalogue.ts'
import type { Port, SettingSpec } from '../providers/entry.ts'
import type { LocalWants } from '../providers/local/open-local-speech.ts'
import { PlugInError } from '../providers/plug-in.ts'
import { wrongSecret } from '../settings/secret.ts'
import { shownValue } from '../settings/shown-value.ts'

type Given = Readonly<Record<string, string | undefined>>

/** A provider that the settings choose, with the values of its settings: data alone, which another process can be told. */
export interface ChosenProvider<P extends Port = Port> {
  readonly port: P
  readonly name: string
  /** As in its entry. */
  readonly title: string
  readonly values: Values
  /** It has neither a key nor a server of the operator's own: the sandbox stands in. */
  readonly isStoodIn: boolean
}

/** What is chosen for each port: the first one, and those that follow when it fails. */
export type ChosenProviders = { readonly [P in Port]: readonly ChosenProvider<P>[] }

/** Sent to a server that wants no key. */
export const NO_KEY = 'none'

/** Who serves a port for which nothing is chosen. */
const USUAL: Readonly<Record<Port, string>> = { STT: 'deepgram', LLM: 'openai', TTS: 'cartesia' }

/** The names in a setting such as `STT=deepgram,whisper`, in their order. */
export const namesIn = (setting: string): readonly string[] =>
  setting
    .split(',')
    .map(name => name.trim())
    .filter(name => name !== '')

/** Whether this machine does by itself what the port wants, first or when others fail. */
export const isLocal = (chosen: ChosenProviders, port: Port): boolean =>
  chosen[port].some(({ name }) => name === 'local')

/** What the settings want of local speech. */
export const localWants = ({
  providers,
  hearsByCall,
  MODELS_DIR: modelsDir,
}: {
  readonly providers: ChosenProviders
  readonly hearsByCall: boolean
  readonly MODELS_DIR: string
}): LocalWants => ({
  ears: isLocal(providers, 'STT') ? 'yes' : hearsByCall ? 'if there' : 'no',
  voice: isLocal(providers, 'TTS'),
  modelsDir,
})

/** Reads what STT, LLM and TTS choose. `problems` has a line for each mistake. */
export function readProviders(given: Given): {
  readonly chosen: ChosenProviders
  readonly problems: readonly string[]
} {
  const problems: string[] = []
  const read = <P extends Port>(port: P): readonly ChosenProvider<P>[] => {
    const names = namesIn(given[port] ?? USUAL[port])
    if (names.length === 0) problems.push(`${port}: names nobody (it is "${given[port]}")`)
    return names.flatMap((name, i) => {
      const entry = entryFor(port, name, problems)
      if (!entry) return []
      if (names.indexOf(name) < i) problems.push(`${port}: names ${name} twice`)
      else return [chosen(port, name, entry, given, problems)]
      return []
    })
  }
  const LLM = read('LLM')
  const hears = LLM[0] !== undefined && entryOf('LLM', LLM[0].name)?.hearsAndSpeaks === true
  const all = { STT: hears && given.STT === undefined ? [] : read('STT'), LLM, TTS: read('TTS') }
  return { chosen: all, problems: [...new Set(problems)] }
}

function entryFor<P extends Port>(port: P, name: string, problems: string[]): AnyEntry<P> | undefined {
  try {
    const entry = entryOf(port, name)
    if (entry) return entry
    problems.push(
      `${port}: there is no ${name}, but ${namesOf(port).join(', ')} (npm run providers), files and packages`,
    )
  } catch (error) {
    if (!(error instanceof PlugInError)) throw error
    problems.push(`${port}: ${error.message}`)
  }
  return undefined
}

/** The names of the settings of those plug-ins that STT, LLM and TTS choose. Those that cannot be used have none. */
export function plugInSettings(given: Given): ReadonlySet<string> {
  const names = PORTS.flatMap(port =>
    namesIn(given[port] ?? '').flatMap(name => {
      if (namesOf(port).includes(name)) return []
      return Object.values(entryFor(port, name, [])?.settings ?? {}).map(setting => setting.name)
    }),
  )
  return new Set(names)
}

function chosen<P extends Port>(
  port: P,
  name: string,
  entry: AnyEntry<P>,
  given: Given,
  problems: string[],
): ChosenProvider<P> {
  const specs = Object.entries(entry.settings)
  const ownOnes = specs.filter(([, { kind }]) => kind === 'secret' || kind === 'url')
  const hasOwn = ownOnes.length === 0 || ownOnes.some(([, spec]) => given[spec.name] !== undefined)
  // A server that wants no key is where it says it is, set or not.
  const wantsSecret = ownOnes.some(([, spec]) => spec.kind === 'secret' && !spec.optional)
  const isStoodIn = !hasOwn && wantsSecret && entry.standIn !== undefined
  const values: Record<string, string | undefined> = {}
  const wants = wantsKeys(entry, given)
  for (const [role, spec] of specs) {
    const value = given[spec.name] ?? ('default' in spec ? spec.default : undefined)
    const wrong = value === undefined ? missing(spec, port, name, { isStoodIn, wants }) : wrongValue(spec, value, given)
    if (wrong !== undefined) problems.push(`${spec.name}: ${wrong}`)
    values[role] = normalized(spec, value)
  }
  const languages = given.LANGUAGE ?? 'en'
  const known = entry.languagesOf?.(values)
  if (known && !namesIn(languages).every(language => known.includes(language)))
    problems.push(`LANGUAGE: ${entry.title} (${port}=${name}) knows ${known.join(', ')} alone (it is "${languages}")`)
  return { port, name, title: entry.title, values, isStoodIn }
}

/** An address without slashes at its end, a key without the line break of the file that it came from; a key that is not there, and not wanted, is one that says so. */
function normalized(spec: SettingSpec, value: string | undefined): string | undefined {
  if (spec.kind === 'url') return value?.replace(/\/+$/, '')
  if (spec.kind === 'secret') return value?.trim() ?? (spec.optional ? undefined : NO_KEY)
  return value
}

/** The vendor's own server wants its key; one of the operator's may want none. */
function wantsKeys({ settings }: AnyEntry, given: Given): string | undefined {
  const url = Object.values(settings).find(spec => spec.kind === 'url')
  if (url === undefined || given[url.name] === undefined) return 'its key'
  const text = given[url.name] ?? ''
  // One that cannot be used is a mistake already.
  if (!URL.canParse(text) || !url.protocols.includes(new URL(text).protocol)) return undefined
  const { hostname } = new URL(text)
  return ofVendor(hostname) === ofVendor(new URL(url.default).hostname)
    ? `and ${hostname} (${url.name}) wants one`
    : undefined
}

/** The last two parts of a host's name, which are the vendor's: "deepgram.com". */
const ofVendor = (hostname: string): string => hostname.split('.').slice(-2).join('.')

function missing(
  spec: SettingSpec,
  port: Port,
  name: string,
  { isStoodIn, wants }: { readonly isStoodIn: boolean; readonly wants: string | undefined },
): string | undefined {
  if (isStoodIn || ('optional' in spec && spec.optional)) return undefined
  if (spec.kind !== 'secret') return `is missing: ${port}=${name} needs it`
  if (wants === undefined) return undefined
  return wants === 'its key' ? `is missing: ${port}=${name} needs it` : `is missing, ${wants}`
}

function wrongValue(spec: SettingSpec, value: string, given: Given): string | undefined {
  const shown = shownValue([spec.name], given)
  switch (spec.kind) {
    case 'secret':
      return wrongSecret(value)
    case 'url':
      return URL.canParse(value) && spec.protocols.includes(new URL(value).protocol)
        ? undefined
        : `must be a URL with ${spec.protocols.join(' or ')} (it is ${shown})`
    case 'text':
      return spec.oneOf === undefined || spec.oneOf.includes(value)
        ? undefined
        : `must be one of ${spec.oneOf.join(', ')} (it is ${shown})`
  }
}

/** The names of all settings of all providers, each once. */
export const PROVIDER_SETTINGS: readonly string[] = [
  ...new Set(
    PORTS.flatMap(port =>
      namesOf(port).flatMap(name => Object.values(entryOf(port, name)?.settings ?? {}).map(spec => spec.name)),
    ),
  ),
]
