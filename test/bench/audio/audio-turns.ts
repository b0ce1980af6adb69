import { encodeMulaw } from '../../../src/audio/mulaw.ts'
import type { Flite, Spoken } from '../../../src/flite/flite.ts'
import { LINE_RATE_HZ, type SpokenWord } from '../../../src/sandbox/caller/fixture.ts'
import { joinedSpeech, throughTheLine, trimmed } from '../../../src/sandbox/caller/line-sound.ts'
import { seeded } from '../../../src/sandbox/chance.ts'
import { type Span, voicedRange, voicedSpans } from '../../../src/sandbox/ringing/voiced-spans.ts'
import { pauseExceededBy } from '../pauses.ts'
import { type PhoneSentence, phoneSentences } from '../phone-sentences.ts'

/** A turn as phone audio, with the true time of its end or pause. Times are ms of its audio. */
export interface AudioTurn {
  readonly asked: string
  /** The words until the end, or until the pause. */
  readonly said: string
  readonly words: readonly SpokenWord[]
  /** 8 kHz, with line noise before and after the speech. */
  readonly pcm: Int16Array
  /** The last voiced sample before the end, or before the pause. */
  readonly lastVoicedMs: number
  /** The first voiced sample after the pause; undefined if the turn is complete. */
  readonly goesOnMs: number | undefined
}

const SEED = 11
const VOICES = ['awb', 'rms', 'slt'] as const
const LEAD_MS = 500
const TAIL_MS = 1_500
const SAMPLES_PER_MS = LINE_RATE_HZ / 1_000
/** Each cut gets one pause from each quarter of the distribution, so that few turns cover all of it. */
const PAUSES_PER_CUT = 4

/** How an interrupted answer to a question goes on if no whole sentence shows it. */
const CONTINUATIONS: Readonly<Record<string, string>> = {
  'Hello, this is Partyline. What can I do for you?': 'question about my order from last week',
  'When would you like to come in?': 'five on Wednesday afternoon',
  'What is your phone number?': 'five five five zero one nine three',
  'For how many people?': 'maybe seven of us in all',
  'Is that right?': 'change the date to the fourteenth',
  'What is your name, please?': 'Miller from the garage',
  'What should the task say?': 'the meeting with the lawyer on Monday',
  'When is it due?': 'the end of next week',
  'Which one do you mean?': 'second from the top',
  'Do you want me to delete all three?': 'keep the shopping list please',
  'What is the address?': 'Station Road on the second floor',
  'Can I help you with anything else?': 'tell me when you close tonight',
  'What seems to be the problem?': 'it shows an error on the screen',
  'Could you give me your order number?': 'seven three five one eight',
  'Would you prefer the morning or the afternoon?': 'rather come after lunch',
  'What kind of car is it?': 'Toyota with four doors',
  'How would you like to pay?': 'I collect it on Saturday',
}

/** What follows a cut: the rest of a whole sentence that starts with the same words, or a likely continuation. */
export function restOf({ asked, said }: PhoneSentence): string {
  const whole = phoneSentences.find(
    other => other.complete && other.asked === asked && other.said.startsWith(`${said} `),
  )
  const rest = whole?.said.slice(said.length).trim() ?? CONTINUATIONS[asked]
  if (rest === undefined) throw new Error(`audio-turns.ts: CONTINUATIONS lacks "${asked}"`)
  return rest
}

const silence = (ms: number): Spoken => ({ pcm: new Int16Array(ms * SAMPLES_PER_MS), rateHz: LINE_RATE_HZ, words: [] })

/** The span from the first to the last voiced sample in this part of a line. */
function voicedIn(line: Int16Array, from: number, to: number): Span {
  const leg = encodeMulaw(line.subarray(from, to))
  const spans = voicedSpans(leg)
  const { startMs, endMs } = voicedRange(leg)
  const fromMs = from / SAMPLES_PER_MS
  return { startMs: fromMs + (spans[0]?.startMs ?? startMs), endMs: fromMs + (spans.at(-1)?.endMs ?? endMs) }
}

/** Makes a turn of one trimmed part, or of two with a pause between them. */
export function turnOf(
  { asked, said }: Pick<PhoneSentence, 'asked' | 'said'>,
  first: Spoken,
  after: { readonly pauseMs: number; readonly rest: Spoken } | undefined,
  chance: () => number,
): AudioTurn {
  const pauseMs = Math.round(after?.pauseMs ?? 0)
  const { pcm, words } = joinedSpeech(
    [silence(LEAD_MS), first, after?.rest ?? silence(0), silence(TAIL_MS)],
    [0, pauseMs, 0],
  )
  const line = throughTheLine(pcm, chance)
  const restFrom = pcm.length - TAIL_MS * SAMPLES_PER_MS - (after?.rest.pcm.length ?? 0)
  const firstTo = LEAD_MS * SAMPLES_PER_MS + first.pcm.length
  const between = after ? Math.round((firstTo + restFrom) / 2) : line.length
  return {
    asked,
    said,
    words,
    pcm: line,
    lastVoicedMs: voicedIn(line, 0, between).endMs,
    goesOnMs: after && voicedIn(line, between, line.length).startMs,
  }
}

/** Speaks the phone sentences: whole ones once, cut ones with PAUSES_PER_CUT pauses each. Deterministic. */
export async function speakTurns(flite: Flite, signal: AbortSignal): Promise<readonly AudioTurn[]> {
  const chance = seeded(SEED)
  const turns: AudioTurn[] = []
  for (const [index, sentence] of phoneSentences.entries()) {
    const voice = VOICES[index % VOICES.length] ?? VOICES[0]
    const speak = async (text: string): Promise<Spoken> => trimmed(await flite.synthesize(text, voice, signal))
    const first = await speak(sentence.said)
    if (sentence.complete) {
      turns.push(turnOf(sentence, first, undefined, chance))
      continue
    }
    const rest = await speak(restOf(sentence))
    for (let part = 0; part < PAUSES_PER_CUT; part++) {
      const pauseMs = pauseExceededBy((part + chance()) / PAUSES_PER_CUT)
      turns.push(turnOf(sentence, first, { pauseMs, rest }, chance))
    }
  }
  return turns
}
