import type { JournalLine } from '../conversation/lines.ts'
import { tokensOfLook } from './looks.ts'
import { NO_SOUND, type TokensUsed } from './prices.ts'

/** What a call has used so far, over all of its streams. */
export interface Used {
  readonly sttSeconds: number
  readonly inputTokens: number
  readonly cachedTokens: number
  readonly outputTokens: number
  /** Those of them that are sound. */
  readonly audio: { readonly input: number; readonly cached: number; readonly output: number }
  readonly characters: number
  /** What providers did that are told by name. The first of the settings may be among them. */
  readonly named: readonly NamedUse[]
  /** What this machine did by itself. */
  readonly local: { readonly sttSeconds: number; readonly characters: number }
  /** The server has made the call. */
  readonly isOutbound: boolean
  /** The length of each stream. */
  readonly lineSeconds: readonly number[]
  readonly look: { readonly inputTokens: number; readonly outputTokens: number }
}

/** What one provider of a port did. */
export interface NamedUse {
  readonly port: 'STT' | 'LLM' | 'TTS'
  readonly name: string
  readonly sttSeconds: number
  readonly tokens: TokensUsed
  readonly characters: number
}

const NO_TOKENS: TokensUsed = { ...NO_SOUND, audio: NO_SOUND }

/** Adds up what a call uses, line by line. */
export class Tally {
  #sttSeconds = 0
  #inputTokens = 0
  #cachedTokens = 0
  #outputTokens = 0
  #audio: Used['audio'] = NO_SOUND
  #characters = 0
  #local = { sttSeconds: 0, characters: 0 }
  readonly #named = new Map<string, NamedUse>()
  #look = { inputTokens: 0, outputTokens: 0 }
  readonly #lineSeconds: number[] = []
  /** Of the stream that goes on. */
  #sttOfStream = 0
  #lastMs = 0
  #isTold = false
  #isOutbound = false
  /** Who hears this stream, where that was told. */
  #hears: string | undefined

  take(line: JournalLine): void {
    // Each stream counts its time from its own beginning.
    if (line.atMs < this.#lastMs) this.#endStream()
    this.#lastMs = line.atMs
    if ('noted' in line) {
      if (line.noted.kind === 'rung-by-us') this.#isOutbound = true
      if (line.noted.kind === 'heard-by') this.#hears = String(line.noted.by)
      if (line.noted.kind === 'provider-switched' && line.noted.port === 'STT') this.#hears = String(line.noted.to)
      const { inputTokens, outputTokens } = tokensOfLook(line.noted)
      this.#look = {
        inputTokens: this.#look.inputTokens + inputTokens,
        outputTokens: this.#look.outputTokens + outputTokens,
      }
    }
    if (!('used' in line)) return
    switch (line.used.kind) {
      case 'stt-seconds':
        if (line.used.by === 'local') this.#local.sttSeconds += line.used.seconds
        else if (line.used.by === undefined) this.#sttSeconds += line.used.seconds
        else this.#add('STT', line.used.by, { sttSeconds: line.used.seconds })
        if (!line.used.again) this.#sttOfStream += line.used.seconds
        break
      case 'tokens':
        if (line.used.by !== undefined) {
          this.#add('LLM', line.used.by, { tokens: line.used })
          break
        }
        this.#inputTokens += line.used.input
        this.#cachedTokens += line.used.cached
        this.#outputTokens += line.used.output
        if (line.used.audio) this.#addAudio(line.used.audio)
        break
      case 'tts-characters':
        if (line.used.by === 'local') this.#local.characters += line.used.characters
        else if (line.used.by === undefined) this.#characters += line.used.characters
        else this.#add('TTS', line.used.by, { characters: line.used.characters })
        break
      case 'carrier-seconds':
        this.#lineSeconds.push(line.used.seconds)
        this.#isTold = true
        break
      // What a draft cost is in the tokens and characters already.
      case 'draft-wasted':
        break
    }
  }

  /** A stream whose server was killed lasted until its last line. */
  used(): Used {
    return this.#with(this.#isTold ? [] : [Math.ceil(this.#lastMs / 1_000)], 0)
  }

  /**
   * The same while the stream goes on, `atMs` after its beginning. Speech-to-text is told when a session ends, and listens
   * all the time: what is not told yet is reckoned by the clock.
   */
  usedAt(atMs: number): Used {
    if (this.#isTold) return this.used()
    const seconds = Math.max(atMs, this.#lastMs) / 1_000
    return this.#with([Math.ceil(seconds)], Math.max(0, seconds - this.#sttOfStream))
  }

  #with(lineSeconds: readonly number[], untoldSeconds: number): Used {
    const { sttSeconds, characters } = this.#local
    const here = this.#hears === 'local' ? untoldSeconds : 0
    const elsewhere = this.#hears === undefined ? untoldSeconds : 0
    const byName = here > 0 || elsewhere > 0 || untoldSeconds === 0 ? undefined : this.#hears
    const untold =
      byName === undefined ? [] : [{ ...NOTHING, port: 'STT', name: byName, sttSeconds: untoldSeconds } as const]
    return {
      sttSeconds: this.#sttSeconds + elsewhere,
      named: [...this.#named.values(), ...untold],
      inputTokens: this.#inputTokens,
      cachedTokens: this.#cachedTokens,
      outputTokens: this.#outputTokens,
      audio: this.#audio,
      characters: this.#characters,
      local: { sttSeconds: sttSeconds + here, characters },
      isOutbound: this.#isOutbound,
      lineSeconds: [...this.#lineSeconds, ...lineSeconds],
      look: this.#look,
    }
  }

  #add(port: NamedUse['port'], name: string, more: Partial<NamedUse>): void {
    const key = `${port} ${name}`
    const known = this.#named.get(key) ?? { ...NOTHING, port, name }
    const { sttSeconds = 0, characters = 0, tokens = NO_TOKENS } = more
    this.#named.set(key, {
      ...known,
      sttSeconds: known.sttSeconds + sttSeconds,
      characters: known.characters + characters,
      tokens: sumOf(known.tokens, tokens),
    })
  }

  #addAudio({ input, cached, output }: Used['audio']): void {
    const sum = this.#audio
    this.#audio = { input: sum.input + input, cached: sum.cached + cached, output: sum.output + output }
  }

  #endStream(): void {
    if (!this.#isTold) this.#lineSeconds.push(Math.ceil(this.#lastMs / 1_000))
    this.#isTold = false
    this.#hears = undefined
    this.#sttOfStream = 0
  }
}

const NOTHING = { sttSeconds: 0, characters: 0, tokens: NO_TOKENS }

function sumOf(one: TokensUsed, other: TokensUsed): TokensUsed {
  const [a, b] = [one.audio ?? NO_SOUND, other.audio ?? NO_SOUND]
  return {
    ...{ input: one.input + other.input, cached: one.cached + other.cached, output: one.output + other.output },
    audio: { input: a.input + b.input, cached: a.cached + b.cached, output: a.output + b.output },
  }
}

/** The use of the first providers, with what of it was told by their names, and that of the others. */
export function sortedUse(used: Used, first: (port: NamedUse['port']) => string | undefined) {
  const isFirst = ({ port, name }: NamedUse): boolean => (first(port) ?? name) === name
  const own = used.named.filter(isFirst)
  const { inputTokens: input, cachedTokens: cached, outputTokens: output, audio } = used
  const untold: TokensUsed = { input, cached, output, audio }
  return {
    sttSeconds: own.reduce((sum, some) => sum + some.sttSeconds, used.sttSeconds),
    characters: own.reduce((sum, some) => sum + some.characters, used.characters),
    tokens: own.reduce((sum, some) => sumOf(sum, some.tokens), untold),
    others: used.named.filter(some => !isFirst(some)),
  }
}
