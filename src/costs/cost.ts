import type { JournalLine } from '../conversation/lines.ts'
import { looksOf } from './looks.ts'
import type { Price, PricesInForce } from './prices.ts'
import type { CostPart, CostReport } from './report.ts'

/** What a call used, summed up over all of its streams. */
export interface Used {
  readonly sttSeconds: number
  readonly inputTokens: number
  readonly cachedTokens: number
  readonly outputTokens: number
  readonly characters: number
  /** The length of each stream. */
  readonly lineSeconds: readonly number[]
  readonly look: { readonly inputTokens: number; readonly outputTokens: number }
}

/** The agent is in the room, too. */
const IN_A_ROOM = 2

/** What a call cost, by its journal. The channel is that of the call's start: `phone` or `browser`. */
export function costOf(lines: Iterable<JournalLine>, prices: PricesInForce, channel: string): CostReport {
  const used = usedIn(lines)
  const { models } = prices
  const uncached = used.inputTokens - used.cachedTokens
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
  const parts = [
    ...line,
    part(`speech-to-text, ${models.speechToText}`, 'Deepgram', used.sttSeconds, 'second', prices.speechToText),
    part(`language model ${models.model}, input`, 'OpenAI', uncached, 'token', prices.model?.input),
    part(`language model ${models.model}, cached input`, 'OpenAI', used.cachedTokens, 'token', prices.model?.cached),
    part(`language model ${models.model}, output`, 'OpenAI', used.outputTokens, 'token', prices.model?.output),
    part('voice', 'Cartesia', used.characters, 'character', prices.voice),
    part(
      `looks at the screen, ${models.sight}, input, estimated`,
      'Gemini',
      used.look.inputTokens,
      'token',
      prices.sight?.input,
    ),
    part(
      `looks at the screen, ${models.sight}, output, estimated`,
      'Gemini',
      used.look.outputTokens,
      'token',
      prices.sight?.output,
    ),
  ].filter(({ amount }) => amount > 0)
  return { usd: parts.reduce((sum, { usd }) => sum + usd, 0), parts, pricesOf: prices.pricesOf }
}

function part(what: string, vendor: string, amount: number, unit: Price['unit'], price: Price | undefined): CostPart {
  if (price === undefined) return { what: `${what} (its price is not known)`, vendor, amount, unit, usd: 0 }
  return { what, vendor, amount, unit, usd: (amount / price.per) * price.usd }
}

/** Whether `costOf` needs this line; besides, it needs the last one of each stream. Whoever follows a call may keep these alone. */
export const isForCost = (line: JournalLine): boolean =>
  'used' in line || ('noted' in line && line.noted.kind === 'screen-look')

/** Sums up. A stream whose server was killed lasted until its last line. */
function usedIn(lines: Iterable<JournalLine>): Used {
  let [sttSeconds, inputTokens, cachedTokens, outputTokens, characters] = [0, 0, 0, 0, 0]
  const lineSeconds: number[] = []
  const looks: JournalLine[] = []
  let lastMs = 0
  let isTold = false
  for (const line of lines) {
    // Each stream counts its time from its own beginning.
    if (line.atMs < lastMs) {
      if (!isTold) lineSeconds.push(Math.ceil(lastMs / 1_000))
      isTold = false
    }
    lastMs = line.atMs
    if ('noted' in line) looks.push(line)
    if (!('used' in line)) continue
    switch (line.used.kind) {
      case 'stt-seconds':
        sttSeconds += line.used.seconds
        break
      case 'tokens':
        inputTokens += line.used.input
        cachedTokens += line.used.cached
        outputTokens += line.used.output
        break
      case 'tts-characters':
        characters += line.used.characters
        break
      case 'carrier-seconds':
        lineSeconds.push(line.used.seconds)
        isTold = true
        break
      // What a draft cost is in the tokens and characters already.
      case 'draft-wasted':
        break
    }
  }
  if (!isTold) lineSeconds.push(Math.ceil(lastMs / 1_000))
  return { sttSeconds, inputTokens, cachedTokens, outputTokens, characters, lineSeconds, look: looksOf(looks) }
}
