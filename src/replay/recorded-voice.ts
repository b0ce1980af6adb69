import type { Agent } from '../conversation/agent.ts'
import type { Language } from '../conversation/language.ts'
import { isEvent } from '../conversation/lines.ts'
import type { Clock, TextToSpeech, VoiceRateHz, Word } from '../conversation/ports.ts'
import { speakable } from '../conversation/reply/speakable.ts'
import { languageIn } from '../conversation/turn/languages.ts'
import type { Reply } from '../conversation/turn/turn.ts'
import { isFiller } from '../conversation/turn/turn.ts'
import { type Attempt, stepsOf } from './attempts.ts'

/** How long one piece of text sounded, and where its words were in it. */
interface SpokenPiece {
  readonly words: readonly Word[]
  readonly lengthMs: number
  /** From its text to its first sound; undefined where it was not the first of its speech. */
  readonly firstMs: number | undefined
}

/** For a piece that was never spoken, and a call that tells nothing of its voice. */
const LETTER_MS = 65
const FIRST_MS = 200

/** One part of a reply as it was made. */
interface MadePart {
  readonly pieces: { readonly text: string; readonly atMs: number }[]
  readonly words: Word[]
  firstSoundMs: number | undefined
}

/**
 * The agent's voice as silence of the right length: as long as the recorded voice spoke the same piece of text, else as
 * long as it would take at this call's pace.
 */
export function recordedVoice(
  attempt: Attempt,
  agents: readonly Agent[],
  rateHz: VoiceRateHz,
  clock: Clock,
): TextToSpeech {
  const { pieces, letterMs, firstMs } = spokenIn(attempt, agents)
  const cached = new Set(
    agents.flatMap(({ phrases, thinking, patience, language }) =>
      [...Object.values(phrases), thinking, ...patience].map(text => bare(speakable(text, language))),
    ),
  )
  // Journals of before 2026-11-27 count the characters of kept sentences, too.
  const isOlder = attempt.lines.some(line => 'used' in line && line.used.kind === 'tts-characters' && !line.used.reply)
  return {
    keeps: piece => !isOlder && cached.has(bare(piece)),
    async *speak(text, signal) {
      let atMs = 0
      for await (const piece of text) {
        signal.throwIfAborted()
        const spoken = pieces.get(bare(piece)) ?? estimated(piece, letterMs)
        if (atMs === 0) await clock.sleep(spoken.firstMs ?? (cached.has(bare(piece)) ? 0 : firstMs), signal)
        const words = spoken.words.map(word => ({ ...word, startMs: word.startMs + atMs, endMs: word.endMs + atMs }))
        yield { kind: 'words', words }
        const samples = Math.max(1, Math.round((spoken.lengthMs * rateHz) / 1_000))
        yield { kind: 'audio', frame: { pcm: new Int16Array(samples), rateHz } }
        atMs += spoken.lengthMs
      }
    },
  }
}

const bare = (text: string): string => text.trim().replace(/\s+/g, ' ')
const wordsIn = (text: string): readonly string[] =>
  bare(text)
    .split(' ')
    .filter(word => word !== '')

function estimated(text: string, letterMs: number): SpokenPiece {
  let atMs = 0
  const words = wordsIn(text).map(word => {
    const startMs = atMs
    atMs += (word.length + 1) * letterMs
    return { text: word, startMs, endMs: atMs }
  })
  return { words, lengthMs: atMs, firstMs: undefined }
}

/** What the recording tells of its voice: the pieces that were spoken whole, and its pace. */
function spokenIn(attempt: Attempt, agents: readonly Agent[]) {
  const pieces = new Map<string, SpokenPiece>()
  const paces: number[] = []
  const firsts: number[] = []
  for (const part of partsOf(attempt, agents)) {
    let used = 0
    let fromMs = 0
    for (const [index, { text, atMs }] of part.pieces.entries()) {
      const count = wordsIn(text).length
      const words = part.words.slice(used, used + count)
      const last = words.at(-1)
      if (words.length < count || !last) break
      const firstMs = index === 0 && part.firstSoundMs !== undefined ? part.firstSoundMs - atMs : undefined
      const moved = words.map(word => ({ ...word, startMs: word.startMs - fromMs, endMs: word.endMs - fromMs }))
      pieces.set(bare(text), { words: moved, lengthMs: last.endMs - fromMs, firstMs })
      paces.push((last.endMs - fromMs) / (bare(text).length + 1))
      if (firstMs !== undefined) firsts.push(firstMs)
      used += count
      fromMs = last.endMs
    }
  }
  return { pieces, letterMs: medianOf(paces) ?? LETTER_MS, firstMs: medianOf(firsts) ?? FIRST_MS }
}

function partsOf(attempt: Attempt, agents: readonly Agent[]): Iterable<MadePart> {
  const { lines, language } = attempt
  const parts = new Map<string, MadePart>()
  const partOf = (reply: number, part: number): MadePart => {
    const key = `${reply}:${part}`
    const known = parts.get(key)
    if (known) return known
    const made: MadePart = { pieces: [], words: [], firstSoundMs: undefined }
    parts.set(key, made)
    return made
  }
  const add = (reply: number, part: number, text: string, atMs: number, spoken: Language): void => {
    const words = speakable(text, spoken)
    if (words !== '') partOf(reply, part).pieces.push({ text: words, atMs })
  }
  const said = new Set<number>()
  const steps = stepsOf(attempt)
  for (const { event, after } of steps) {
    const { turn } = after
    if (!('reply' in turn) || said.has(turn.reply.id)) continue
    said.add(turn.reply.id)
    const spoken = languageIn(turn.context, language)
    const text = textOf(
      turn.reply,
      agents.find(agent => agent.language.code === spoken.code),
    )
    if (text !== undefined) add(turn.reply.id, 0, text, event.atMs, spoken)
  }
  let taken = 0
  let spoken = languageIn(attempt.state.turn.context, language)
  for (const line of lines) {
    if ('input' in line && isEvent(line.input))
      spoken = languageIn(steps[taken++]?.after.turn.context ?? attempt.state.turn.context, language)
    if ('decided' in line && line.decided.kind === 'clause')
      add(line.decided.reply, line.decided.part, line.decided.text, line.atMs, spoken)
    if (!('input' in line)) continue
    const { input } = line
    if (input.kind === 'speech-words' && !isFiller(input.part))
      partOf(input.reply, input.part).words.push(...input.words)
    if (input.kind === 'speech') partOf(input.reply, input.part).firstSoundMs ??= line.atMs
  }
  return parts.values()
}

/** The text of a reply for which no model is asked. */
function textOf({ content }: Reply, agent: Agent | undefined): string | undefined {
  switch (content.kind) {
    case 'phrase':
      return agent?.phrases[content.phrase]
    case 'question':
      return content.pending.question
    case 'repeat':
      return content.text
    case 'relay':
    case 'answer':
      return undefined
  }
}

function medianOf(numbers: readonly number[]): number | undefined {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1]
}
