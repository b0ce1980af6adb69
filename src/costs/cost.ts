import type { JournalLine } from '../conversation/lines.ts'
import { FREE, NO_SOUND, type Price, type PricesInForce, type TokenPrices } from './prices.ts'
import type { CostPart, CostReport } from './report.ts'
import { Tally, type Used } from './tally.ts'

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

/** What was used, at these prices. */
export function costOfUse(used: Used, prices: PricesInForce, channel: string): CostReport {
  const { models } = prices
  const begun = used.lineSeconds.map(seconds => Math.ceil(seconds / 60))
  const begunInAll = begun.reduce((sum, minutes) => sum + minutes, 0)
  const together = Math.ceil(used.lineSeconds.reduce((sum, seconds) => sum + seconds, 0) / 60)
  const line =
    channel === 'phone'
      ? [
          part('telephone line', 'Twilio', together, 'minute', prices.carrier.voice),
          part('media stream', 'Twilio', begunInAll, 'minute', prices.carrier.stream),
        ]
      : [part('room', 'LiveKit', begunInAll * IN_A_ROOM, 'minute', prices.room)]
  const looks = `looks at the screen, ${models.sight}`
  const parts = [
    ...line,
    part(`speech-to-text, ${models.speechToText}`, 'Deepgram', used.sttSeconds, 'second', prices.speechToText),
    ...tokenParts(used, prices),
    part('voice', prices.voiceVendor, used.characters, 'character', prices.voice),
    part('speech-to-text on this machine', 'local', used.local.sttSeconds, 'second', FREE),
    part('voice of this machine', 'local', used.local.characters, 'character', FREE),
    part(`${looks}, input, estimated`, 'Gemini', used.look.inputTokens, 'token', prices.sight?.input),
    part(`${looks}, output, estimated`, 'Gemini', used.look.outputTokens, 'token', prices.sight?.output),
  ].filter(({ amount }) => amount > 0)
  return { usd: parts.reduce((sum, { usd }) => sum + usd, 0), parts, pricesOf: prices.pricesOf }
}

/** Text and sound have prices of their own, where the model has both. */
function tokenParts(used: Used, { model: prices, models }: PricesInForce): readonly CostPart[] {
  const sound = prices?.audio ? used.audio : NO_SOUND
  const text = {
    input: used.inputTokens - sound.input,
    cached: used.cachedTokens - sound.cached,
    output: used.outputTokens - sound.output,
  }
  const of = (what: string, { input, cached, output }: typeof text, at: TokenPrices | undefined): CostPart[] => [
    part(`${what}, input`, 'OpenAI', input - cached, 'token', at?.input),
    part(`${what}, cached input`, 'OpenAI', cached, 'token', at?.cached),
    part(`${what}, output`, 'OpenAI', output, 'token', at?.output),
  ]
  const what = `language model ${models.model}`
  return [...of(what, text, prices), ...of(`${what}, sound`, sound, prices?.audio)]
}

function part(what: string, vendor: string, amount: number, unit: Price['unit'], price: Price | undefined): CostPart {
  if (price === undefined) return { what: `${what} (its price is not known)`, vendor, amount, unit, usd: 0 }
  return { what, vendor, amount, unit, usd: (amount / price.per) * price.usd }
}

/** Whether `costOf` needs this line; besides, it needs the last one of each stream. Whoever follows a call may keep these alone. */
export const isForCost = (line: JournalLine): boolean =>
  'used' in line || ('noted' in line && (line.noted.kind === 'screen-look' || line.noted.kind === 'heard-by'))
