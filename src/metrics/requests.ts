import { LOCAL_EARS } from '../config.ts'
import type { JournalLine } from '../conversation/lines.ts'
import type { Provider } from './label-values.ts'
import type { Observation } from './table.ts'

/** What each kind of provider is, by the settings. */
export interface Providers {
  readonly stt: { readonly provider: Provider; readonly model: string }
  readonly llm: { readonly provider: Provider; readonly model: string }
  readonly tts: { readonly provider: Provider; readonly model: string }
  readonly sight: { readonly provider: Provider; readonly model: string }
  /** All of the settings, by their names: those that may take over. */
  readonly named?: readonly {
    readonly port: string
    readonly name: string
    readonly provider: Provider
    readonly model: string
  }[]
}
type ProviderKind = Exclude<keyof Providers, 'named'>

export const KIND_OF_PORT: Readonly<Record<string, Exclude<ProviderKind, 'sight'>>> = {
  STT: 'stt',
  LLM: 'llm',
  TTS: 'tts',
}

/** The providers after a note: another one may have taken over, or this machine may hear by itself. */
export function servingAfter(serving: Providers, noted: { readonly kind: string; readonly [detail: string]: unknown }) {
  if (noted.kind === 'heard-by' && noted.by === 'local') return { ...serving, stt: HEARD_HERE }
  const kind = noted.kind === 'provider-switched' ? KIND_OF_PORT[String(noted.port)] : undefined
  const next = serving.named?.find(({ port, name }) => port === noted.port && name === noted.to)
  return kind && next ? { ...serving, [kind]: { provider: next.provider, model: next.model } } : serving
}

/** What hears a call of which a note says that this machine hears it by itself. */
export const HEARD_HERE: Providers['stt'] = { provider: 'local-ears', model: LOCAL_EARS }

/** A draft that is thrown away leaves its requests without a result. More of them than this are forgotten. */
const MOST_OPEN = 32
const TOLD = -1
/** Above the parts that a reply can have. */
const PARTS = 64

/** How long the first result of each request took. */
export function requests(providers: Providers): (line: JournalLine) => readonly Observation[] {
  const asked = openRequests()
  const given = openRequests()
  /** The caller's last sound, until its final words are there. */
  let lastVoicedMs: number | undefined
  let finalMs = Number.NEGATIVE_INFINITY
  let serving = providers

  const took = (kind: ProviderKind, ms: number | undefined): readonly Observation[] =>
    ms === undefined
      ? []
      : [
          {
            metric: 'provider_seconds',
            labels: { kind, ...serving[kind] },
            value: Math.max(0, ms) / 1_000,
          },
        ]

  function heard(): readonly Observation[] {
    if (lastVoicedMs === undefined || finalMs < lastVoicedMs) return []
    const ms = finalMs - lastVoicedMs
    lastVoicedMs = undefined
    return took('stt', ms)
  }

  return line => {
    if ('decided' in line) {
      const { decided } = line
      if (decided.kind === 'model-asked') asked.begin(decided, line.atMs)
      if (decided.kind === 'clause') given.begin(decided, line.atMs)
      return []
    }
    if ('noted' in line) {
      const { kind, tookMs } = line.noted
      serving = servingAfter(serving, line.noted)
      return kind === 'screen-look' && typeof tookMs === 'number' ? took('sight', tookMs) : []
    }
    if (!('input' in line)) return []
    const { input } = line
    switch (input.kind) {
      case 'delta':
      case 'model-answered':
        return took('llm', asked.end(input, line.atMs))
      case 'speech':
        return took('tts', given.end(input, line.atMs))
      case 'speech-start':
        lastVoicedMs = undefined
        return []
      case 'speech-end':
        lastVoicedMs = input.lastVoicedMs
        return heard()
      case 'words':
        if (input.final) finalMs = line.atMs
        return input.final ? heard() : []
      default:
        return []
    }
  }
}

type Place = { readonly reply: number; readonly part: number }

/** When requests began, by reply and part: each is begun and ended once. */
function openRequests() {
  const begun = new Map<number, number>()
  const keyOf = ({ reply, part }: Place): number => reply * PARTS + part
  return {
    begin(place: Place, atMs: number): void {
      const key = keyOf(place)
      if (begun.has(key)) return
      const [oldest] = begun.keys()
      if (begun.size >= MOST_OPEN && oldest !== undefined) begun.delete(oldest)
      begun.set(key, atMs)
    },
    /** How long it took; undefined if that was told, or nothing began. */
    end(place: Place, atMs: number): number | undefined {
      const key = keyOf(place)
      const fromMs = begun.get(key)
      if (fromMs === undefined || fromMs === TOLD) return undefined
      begun.set(key, TOLD)
      return atMs - fromMs
    },
  }
}
