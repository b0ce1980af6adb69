import { z } from 'zod'
import type { Settings, StandIn } from '../config.ts'
import type { Answer, Asker } from './asking.ts'
import { type Check, type Finding, note, ok, wrong } from './finding.ts'

/** A vendor's key, and the cheapest request that shows whether it is taken. */
interface Key {
  readonly name: Exclude<StandIn, 'Twilio'>
  readonly setting: string
  readonly url: string
  readonly urlSetting: string
  readonly headers: Readonly<Record<string, string>>
  /** What an answer says beyond the key. Undefined where it says nothing. */
  readonly read?: (answer: Answer) => Finding | undefined
}

const CARTESIA_VERSION = '2025-04-16'
const models = z.object({ data: z.array(z.object({ id: z.string() })) })
const gemini = z.object({ error: z.object({ message: z.string() }) })

/** The checks of all keys. Each asks for something that costs nothing. */
export function keyChecks(settings: Settings, { ask }: Asker): readonly Check[] {
  return keysOf(settings).map(key => ({
    what: key.name,
    todo: `is ${key.urlSetting} right, and may this machine reach it?`,
    async run(signal) {
      if (settings.standIns.includes(key.name))
        return [note(key.name, `${key.setting} is not set: the sandbox stands in`)]
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
  const { OPENAI_MODEL: model, CARTESIA_VOICE_ID: voice, GEMINI_MODEL: sight } = settings
  const overHttp = (url: string): string => url.replace(/^ws/, 'http')
  const bearer = (key = 'none') => ({ authorization: `Bearer ${key}` })
  const all: readonly Key[] = [
    {
      ...{ name: 'Deepgram', setting: 'DEEPGRAM_API_KEY', urlSetting: 'DEEPGRAM_BASE_URL' },
      url: `${overHttp(settings.DEEPGRAM_BASE_URL)}/v1/auth/token`,
      headers: { authorization: `Token ${settings.DEEPGRAM_API_KEY ?? 'none'}` },
    },
    {
      ...{ name: 'OpenAI', setting: 'OPENAI_API_KEY', urlSetting: 'OPENAI_BASE_URL' },
      url: `${settings.OPENAI_BASE_URL}/models`,
      headers: bearer(settings.OPENAI_API_KEY),
      read: answer => modelFinding(answer, model),
    },
    {
      ...{ name: 'Cartesia', setting: 'CARTESIA_API_KEY', urlSetting: 'CARTESIA_BASE_URL' },
      url: `${overHttp(settings.CARTESIA_BASE_URL)}/voices/${encodeURIComponent(voice)}`,
      headers: { ...bearer(settings.CARTESIA_API_KEY), 'cartesia-version': CARTESIA_VERSION },
      read: ({ status, isPage }) =>
        status === 404 && !isPage
          ? wrong('Cartesia', `there is no voice ${voice}: \`npm run voices\` lists those for CARTESIA_VOICE_ID`)
          : undefined,
    },
    {
      ...{ name: 'Gemini', setting: 'GEMINI_API_KEY', urlSetting: 'GEMINI_BASE_URL' },
      url: `${settings.GEMINI_BASE_URL}/v1beta/models/${encodeURIComponent(sight)}`,
      headers: { 'x-goog-api-key': settings.GEMINI_API_KEY ?? 'none' },
      read: answer => geminiFinding(answer, sight),
    },
  ]
  const unused: readonly StandIn[] = [
    ...(settings.hasSight ? [] : (['Gemini'] as const)),
    ...(settings.STT === 'local' ? (['Deepgram'] as const) : []),
    ...(settings.TTS === 'local' ? (['Cartesia'] as const) : []),
  ]
  return all.filter(({ name }) => !unused.includes(name))
}

function modelFinding({ status, json }: Answer, model: string): Finding | undefined {
  const read = models.safeParse(json)
  if (status !== 200 || !read.success) return undefined
  const { data } = read.data
  if (data.some(({ id }) => id === model)) return ok('OpenAI', `the key is taken, and ${model} is there`)
  return data.length === 0
    ? undefined
    : wrong('OpenAI', `${model} is none of the ${data.length} models of this key: choose another OPENAI_MODEL`)
}

/** Google calls a wrong key a wrong argument. */
function geminiFinding({ status, json }: Answer, model: string): Finding | undefined {
  const read = gemini.safeParse(json)
  if (status === 404 && read.success) return wrong('Gemini', `there is no model ${model}: choose another GEMINI_MODEL`)
  return status === 400 && read.success && /api key/i.test(read.data.error.message)
    ? wrong('Gemini', 'the key is refused (400): put a valid GEMINI_API_KEY into .env')
    : undefined
}
