import type { JournalLine } from '../conversation/lines.ts'
import { isFiller } from '../conversation/turn/turn.ts'
import { type PricesInForce, type TokensUsed, usdOfTokens } from './prices.ts'
import type { Waste } from './report.ts'

interface Reply {
  /** The letters that were heard, by part. */
  readonly heard: Map<number, number>
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
          this.#tokens.set(used.reply, (this.#tokens.get(used.reply) ?? 0) + this.#usdOfTokens(used))
        break
      case 'tts-characters':
        // The voice of this machine is free.
        if (used.reply !== undefined && used.by !== 'local') this.#spoken(used.reply, used.characters)
        break
      case 'draft-wasted': {
        const tokens = this.#tokens.get(used.reply) ?? this.#usdOfTokens({ input: 0, cached: 0, output: used.tokens })
        this.#draftsUsd += tokens + (used.by !== 'local' ? this.#usdOfCharacters(used.characters) : 0)
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

  /** The voice's characters are told when the reply is over, heard or not. */
  #spoken(id: number, characters: number): void {
    const { heard, isDone } = this.#reply(id)
    this.#replies.delete(id)
    const letters = [...heard.values()].reduce((sum, part) => sum + part, 0)
    if (!isDone && characters > letters) this.#unheardUsd.set(id, this.#usdOfCharacters(characters - letters))
  }

  #reply(id: number): Reply {
    const known = this.#replies.get(id) ?? { heard: new Map(), isDone: false }
    this.#replies.set(id, known)
    return known
  }

  #usdOfTokens(tokens: TokensUsed): number {
    const { model } = this.#prices
    return model ? usdOfTokens(tokens, model) : 0
  }

  #usdOfCharacters(characters: number): number {
    const { voice } = this.#prices
    return voice === undefined ? 0 : (characters / voice.per) * voice.usd
  }
}

/** The waste of a whole call, by its journal. */
export function wasteOf(lines: Iterable<JournalLine>, prices: PricesInForce): Waste {
  const tally = new WasteTally(prices)
  for (const line of lines) tally.take(line)
  return tally.waste()
}
