import type { JournalLine } from '../conversation/lines.ts'
import { isFiller } from '../conversation/turn/turn.ts'
import { type Price, type PricesInForce, pricesBy, type TokensUsed, usdOfTokens } from './prices.ts'
import type { Waste } from './report.ts'

interface Reply {
  /** The letters that were heard, by part. */
  readonly heard: Map<number, number>
  /** What each voice was given, in the order in which they spoke. */
  readonly given: { readonly by?: string | undefined; readonly characters: number }[]
  isDone: boolean
}

/** Adds up the waste of a call, line by line. Journals of before 2026-11-27 do not say whose tokens and characters were whose. */
export class WasteTally {
  readonly #prices: PricesInForce
  readonly #replies = new Map<number, Reply>()
  readonly #tokens = new Map<number, number>()
  readonly #unheardUsd = new Map<number, number>()
  #draftsUsd = 0

  constructor(prices: PricesInForce) {
    this.#prices = prices
  }

  take(line: JournalLine): void {
    if ('input' in line) {
      const { input } = line
      // The text is all that was heard of its part so far. Fillers are no part of what was to be heard.
      if (input.kind === 'heard' && !isFiller(input.part))
        this.#reply(input.reply).heard.set(input.part, input.text.length)
      if (input.kind === 'reply-done') this.#reply(input.reply).isDone = true
    }
    if (!('used' in line)) return
    const { used } = line
    switch (used.kind) {
      case 'tokens':
        if (used.reply !== undefined)
          this.#tokens.set(used.reply, (this.#tokens.get(used.reply) ?? 0) + this.#usdOfTokens(used, used.by))
        break
      case 'tts-characters':
        if (used.reply !== undefined) this.#spoken(used.reply, used)
        break
      case 'draft-wasted': {
        const written = { input: 0, cached: 0, output: used.tokens }
        const { given } = this.#reply(used.reply)
        this.#draftsUsd += this.#tokens.get(used.reply) ?? this.#usdOfTokens(written, undefined)
        for (const some of given.length > 0 ? given : [used]) this.#draftsUsd += this.#usdOfCharacters(some)
        // Nothing of a draft is heard, but that is told already.
        this.#unheardUsd.delete(used.reply)
        break
      }
      case 'stt-seconds':
      case 'carrier-seconds':
        break
    }
  }

  waste(): Waste {
    return { draftsUsd: this.#draftsUsd, unheardUsd: [...this.#unheardUsd.values()].reduce((sum, usd) => sum + usd, 0) }
  }

  /**
   * The voices' characters are told when the reply is over, heard or not: a line for each voice. What was heard is what the
   * first ones said.
   */
  #spoken(id: number, some: Reply['given'][number]): void {
    const { heard, given, isDone } = this.#reply(id)
    given.push(some)
    if (isDone) return
    let letters = [...heard.values()].reduce((sum, part) => sum + part, 0)
    let usd = 0
    for (const { by, characters } of given) {
      const unheard = Math.max(0, characters - letters)
      letters = Math.max(0, letters - characters)
      usd += this.#usdOfCharacters({ by, characters: unheard })
    }
    if (usd > 0) this.#unheardUsd.set(id, usd)
  }

  #reply(id: number): Reply {
    const known = this.#replies.get(id) ?? { heard: new Map(), given: [], isDone: false }
    this.#replies.set(id, known)
    return known
  }

  #usdOfTokens(used: TokensUsed, by: string | undefined): number {
    const { tokens } = pricesBy(this.#prices, 'LLM', by)
    return tokens ? usdOfTokens(used, tokens) : 0
  }

  /** The voice of this machine is free. */
  #usdOfCharacters({ by, characters }: Reply['given'][number]): number {
    const price: Price | undefined = by === 'local' ? undefined : pricesBy(this.#prices, 'TTS', by).character
    return price === undefined ? 0 : (characters / price.per) * price.usd
  }
}

/** The waste of a whole call, by its journal. */
export function wasteOf(lines: Iterable<JournalLine>, prices: PricesInForce): Waste {
  const tally = new WasteTally(prices)
  for (const line of lines) tally.take(line)
  return tally.waste()
}
