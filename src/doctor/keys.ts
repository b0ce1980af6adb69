import { z } from 'zod'
import { type ChosenProvider, NO_KEY } from '../chosen/providers.ts'
import type { Settings } from '../config.ts'
import { entryOf, PORTS } from '../providers/catalogue/catalogue.ts'
import type { Answer, Asker } from './asking.ts'
import { type Check, type Finding, note, ok, wrong } from './finding.ts'

/** A vendor's key, and the cheapest request that shows whether it is taken. */
interface Key {
  readonly name: string
  readonly setting: string
  readonly url: string
  readonly urlSetting: string
  readonly headers: Readonly<Record<string, string>>
  readonly isStoodIn: boolean
  /** What an answer says beyond the key. Undefined where it says nothing. */
  readonly read?: (answer: Answer) => Finding | undefined
}

const models = z.object({ data: z.array(z.object({ id: z.string() })) })
const gemini = z.object({ error: z.object({ message: z.string() }) })

/** The checks of all keys. Each asks for something that costs nothing. */
export function keyChecks(settings: Settings, { ask }: Asker): readonly Check[] {
  return keysOf(settings).map(key => ({
    what: key.name,
    todo: `is ${key.urlSetting} right, and may this machine reach it?`,
    async run(signal) {
      if (key.isStoodIn) return [note(key.name, `${key.setting} is not set: the sandbox stands in`)]
      return [findingOf(key, await ask(key.url, { headers: key.headers }, signal))]
    },
  }))
}

function findingOf(key: Key, answer: Answer): Finding {
  const { name, setting, urlSetting, url } = key
  const { status, isPage } = answer
  const { host } = new URL(url)
  const told = key.read?.(answer)
  if (told) return told
  if (isPage)
    return wrong(name, `${host} answers with a web page (${status}): is ${urlSetting} right, or is a proxy in the way?`)
  if (status >= 300 && status < 400)
    return wrong(name, `${host} sends elsewhere (${status}): is ${urlSetting} right, or is a proxy in the way?`)
  if (status === 401) return wrong(name, `the key is refused (401): put a valid ${setting} into .env`)
  if (status === 402) return wrong(name, 'the account has no money left (402): pay, or raise its limit')
  // A key may be allowed to be used, and not to look at itself.
  if (status === 403) return note(name, `the key is known, but may not look at itself (403) at ${host}`)
  if (status === 404 || status === 405)
    return note(name, `${host} answers, but does not know what the key is tried with (${status}): a call will tell`)
  if (status === 429) return note(name, `the key is taken, but its limit is reached (429): wait, or raise the limit`)
  if (status >= 500) return wrong(name, `${host} fails (${status}): see its status page; calls fail until it recovers`)
  if (status !== 200) return wrong(name, `${host} refuses the request (${status}): is ${urlSetting} right?`)
  return ok(name, `${host} takes the key`)
}

function keysOf(settings: Settings): readonly Key[] {
  const ofPorts = PORTS.flatMap(port => settings.providers[port].flatMap(keyOf))
  const { GEMINI_MODEL: sight } = settings
  const ofSight: Key = {
    ...{ name: 'Gemini', setting: 'GEMINI_API_KEY', urlSetting: 'GEMINI_BASE_URL' },
    url: `${settings.GEMINI_BASE_URL}/v1beta/models/${encodeURIComponent(sight)}`,
    headers: { 'x-goog-api-key': settings.GEMINI_API_KEY ?? NO_KEY },
    isStoodIn: settings.standIns.includes('Gemini'),
    read: answer => geminiFinding(answer, sight),
  }
  return settings.hasSight ? [...ofPorts, ofSight] : ofPorts
}

/** The key of a provider; none where it has none, or where nothing shows for free whether it is taken. */
function keyOf({ port, name, title, values, isStoodIn }: ChosenProvider): readonly Key[] {
  const entry = entryOf(port, name)
  const specs = Object.values(entry?.settings ?? {})
  const settingOf = (kind: 'secret' | 'url'): string => specs.find(spec => spec.kind === kind)?.name ?? port
  const tried = entry?.keyTest?.(values)
  if (!tried) return []
  const { model } = values
  const modelSetting = entry?.settings.model?.name ?? port
  return [
    {
      ...{ name: title, setting: settingOf('secret'), urlSetting: settingOf('url'), isStoodIn },
      ...{ url: tried.url, headers: tried.headers },
      read: answer => {
        if (answer.status === 404 && !answer.isPage && tried.notFound !== undefined) return wrong(title, tried.notFound)
        return port === 'LLM' && model !== undefined ? modelFinding(answer, title, model, modelSetting) : undefined
      },
    },
  ]
}

function modelFinding({ status, json }: Answer, title: string, model: string, setting: string): Finding | undefined {
  const read = models.safeParse(json)
  if (status !== 200 || !read.success) return undefined
  const { data } = read.data
  if (data.some(({ id }) => id === model)) return ok(title, `the key is taken, and ${model} is there`)
  return data.length === 0
    ? undefined
    : wrong(title, `${model} is none of the ${data.length} models of this key: choose another ${setting}`)
}

/** Google calls a wrong key a wrong argument. */
function geminiFinding({ status, json }: Answer, model: string): Finding | undefined {
  const read = gemini.safeParse(json)
  if (status === 404 && read.success) return wrong('Gemini', `there is no model ${model}: choose another GEMINI_MODEL`)
  return status === 400 && read.success && /api key/i.test(read.data.error.message)
    ? wrong('Gemini', 'the key is refused (400): put a valid GEMINI_API_KEY into .env')
    : undefined
}
