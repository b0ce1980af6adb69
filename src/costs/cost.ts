import type { JournalLine } from '../conversation/lines.ts'
import {
  FREE,
  type ModelsInForce,
  NO_SOUND,
  type Price,
  type PricesInForce,
  type ProviderInForce,
  pricesOfOther,
  type TokenPrices,
  type TokensUsed,
} from './prices.ts'
import type { CostPart, CostReport } from './report.ts'
import { type NamedUse, sortedUse, Tally, type Used } from './tally.ts'

/** The agent is in the room, too. */
const IN_A_ROOM = 2

/** What a call cost, by its journal. The channel is that of the call's start: `phone` or `browser`. */
export function costOf(lines: Iterable<JournalLine>, prices: PricesInForce, channel: string): CostReport {
  const tally = new Tally()
  for (const line of lines) tally.take(line)
  return costOfUse(tally.used(), prices, channel)
}

/** What a call costs while it goes on. It is told each line of its journal, over all of its streams. */
export interface RunningCost {
  take(line: JournalLine): void
  /** In USD, so long after the beginning of the stream that goes on. */
  usd(atMs: number): number
}

export function runningCost(prices: PricesInForce, channel: string): RunningCost {
  const tally = new Tally()
  return {
    take: line => tally.take(line),
    usd: atMs => costOfUse(tally.usedAt(atMs), prices, channel).usd,
  }
}

/** Whose names journals of before there were lists of providers mean. */
const USUAL: Readonly<Record<ProviderInForce['port'], string>> = { STT: 'Deepgram', LLM: 'OpenAI', TTS: 'Cartesia' }

const firstOf = ({ providers = [] }: ModelsInForce, port: ProviderInForce['port']): ProviderInForce | undefined =>
  providers.find(some => some.port === port)

/** What was used, at these prices. */
export function costOfUse(used: Used, prices: PricesInForce, channel: string): CostReport {
  const { models } = prices
  const begun = used.lineSeconds.map(seconds => Math.ceil(seconds / 60))
  const begunInAll = begun.reduce((sum, minutes) => sum + minutes, 0)
  const together = Math.ceil(used.lineSeconds.reduce((sum, seconds) => sum + seconds, 0) / 60)
  const line =
    channel === 'phone'
      ? [
          used.isOutbound
            ? part('telephone line, rung by us', 'Twilio', together, 'minute', prices.carrier.outbound)
            : part('telephone line', 'Twilio', together, 'minute', prices.carrier.voice),
          part('media stream', 'Twilio', begunInAll, 'minute', prices.carrier.stream),
        ]
      : [part('room', 'LiveKit', begunInAll * IN_A_ROOM, 'minute', prices.room)]
  const looks = `looks at the screen, ${models.sight}`
  const own = sortedUse(used, port => firstOf(models, port)?.name)
  const vendor = (port: ProviderInForce['port']): string => firstOf(models, port)?.title ?? USUAL[port]
  const parts = [
    ...line,
    part(`speech-to-text, ${models.speechToText}`, vendor('STT'), own.sttSeconds, 'second', prices.speechToText),
    ...tokenParts(own.tokens, models.model, vendor('LLM'), prices.model),
    part('voice', vendor('TTS'), own.characters, 'character', prices.voice),
    ...own.others.flatMap(some => partsOfOther(some, models)),
    part('speech-to-text on this machine', 'local', used.local.sttSeconds, 'second', FREE),
    part('voice of this machine', 'local', used.local.characters, 'character', FREE),
    part(`${looks}, input, estimated`, 'Gemini', used.look.inputTokens, 'token', prices.sight?.input),
    part(`${looks}, output, estimated`, 'Gemini', used.look.outputTokens, 'token', prices.sight?.output),
  ].filter(({ amount }) => amount > 0)
  return { usd: parts.reduce((sum, { usd }) => sum + usd, 0), parts, pricesOf: prices.pricesOf }
}

/** Text and sound have prices of their own, where the model has both. */
function tokenParts(
  used: TokensUsed,
  model: string,
  vendor: string,
  prices: TokenPrices | undefined,
): readonly CostPart[] {
  const sound = (prices?.audio && used.audio) || NO_SOUND
  const text = {
    input: used.input - sound.input,
    cached: used.cached - sound.cached,
    output: used.output - sound.output,
  }
  const of = (what: string, { input, cached, output }: typeof text, at: TokenPrices | undefined): CostPart[] => [
    part(`${what}, input`, vendor, input - cached, 'token', at?.input),
    part(`${what}, cached input`, vendor, cached, 'token', at?.cached),
    part(`${what}, output`, vendor, output, 'token', at?.output),
  ]
  const what = `language model ${model}`
  return [...of(what, text, prices), ...of(`${what}, sound`, sound, prices?.audio)]
}

/** What a provider did that took over. */
function partsOfOther(used: NamedUse, { providers = [] }: ModelsInForce): readonly CostPart[] {
  const about = providers.find(({ port, name }) => port === used.port && name === used.name)
  const { title, model } = about ?? { title: used.name, model: used.name }
  const prices = pricesOfOther({ model })
  return [
    part(`speech-to-text, ${model}`, title, used.sttSeconds, 'second', prices.second),
    ...tokenParts(used.tokens, model, title, prices.tokens),
    part(`voice, ${model}`, title, used.characters, 'character', prices.character),
  ]
}

function part(what: string, vendor: string, amount: number, unit: Price['unit'], price: Price | undefined): CostPart {
  if (price === undefined) return { what: `${what} (its price is not known)`, vendor, amount, unit, usd: 0 }
  return { what, vendor, amount, unit, usd: (amount / price.per) * price.usd }
}

const FOR_COST: readonly string[] = ['rung-by-us', 'screen-look', 'heard-by', 'provider-switched']

/** Whether `costOf` needs this line; besides, it needs the last one of each stream. Whoever follows a call may keep these alone. */
export const isForCost = (line: JournalLine): boolean =>
  'used' in line || ('noted' in line && FOR_COST.includes(line.noted.kind))
