import type { Language } from './language.ts'
import type { CallerFrame, Clock, Transcript, Word } from './ports.ts'
import { UNSURE } from './turn/barge-in.ts'
import { judgeOverlap } from './turn/overlap.ts'
import type { AgentAround } from './turn/own-words.ts'
import type { Turn, Wait } from './turn/turn.ts'
import { bareText, wordedText, wordsOf } from './turn/utterance.ts'

/** What a line knows of its own sound coming back. */
export interface OwnSound {
  /** How like (0 to 1) the caller's sound since `sinceMs`, by the Clock, is to what was played then: 1 is an echo. */
  echo(sinceMs: number): number
  /** How much (0 to 1) of the caller's sound since `sinceMs` is an echo; undefined if nothing was played or heard then. */
  ownShare(sinceMs: number): number | undefined
  /** How like (0 to 1) the caller's sound in each of these spans is to what was played then; null where nobody knows. */
  ownEach(spans: readonly Span[]): readonly (number | null)[]
}

/** Times of the Clock. */
export interface Span {
  readonly fromMs: number
  readonly toMs: number
}

/** When the sound that a session of ears was given was spoken. */
export interface SoundTimes {
  /** Returns how long the frame is, in ms. */
  given(frame: CallerFrame): number
  /** A moment of the session's sound, in ms, as a time of the Clock; undefined where that is long ago. */
  at(ms: number): number | undefined
}

/** Twenty seconds of frames at least. */
const MOST_FRAMES = 1_000

export function soundTimes(): SoundTimes {
  let frames: { readonly givenMs: number; readonly atMs: number }[] = []
  let givenMs = 0
  return {
    given({ pcm, rateHz, atMs }) {
      if (frames.length > 2 * MOST_FRAMES) frames = frames.slice(-MOST_FRAMES)
      frames.push({ givenMs, atMs })
      const ms = (pcm.length / rateHz) * 1_000
      givenMs += ms
      return ms
    },
    at(ms) {
      const frame = frames.findLast(one => one.givenMs <= ms)
      return frame && frame.atMs + ms - frame.givenMs
    },
  }
}

/** The newest words of an interim transcript were said in this time, and all of a final one in that. */
const INTERIM_MS = 1_000
const FINAL_MS = 2_000

/** Of a transcript only the last words are looked at: those before them were, in its earlier forms. */
const MOST_WORDS = 12
const MOST_KNOWN = 100
/** A word's time differs by less than this from one form of a transcript to the next. */
const SAME_MS = 100

/** Thousandths are exact enough, and keep the journal short. */
const thousandths = (part: number): number => Math.round(part * 1_000) / 1_000

/** For the judging wait: how like the sound over the agent is to its own. Empty if the words decide already. */
export function ownSound(
  { id }: Wait,
  turn: Turn,
  language: Language,
  { channel, clock, startMs }: { readonly channel: OwnSound; readonly clock: Clock; readonly startMs: number },
): { readonly own?: number } {
  if (turn.kind !== 'yielding' || turn.judging.id !== id) return {}
  // The sound since before the words, not since the sound over the agent began: that may be an echo, and the words the caller's.
  if (turn.judging.why === UNSURE) return ownShareSince(INTERIM_MS, { channel, clock })
  // The agent has spoken on since the words came, so they are judged again.
  if (judgeOverlap(wordsOf(turn.utterance), turn.reply.heard, language) === 'back-channel') return {}
  return { own: thousandths(channel.echo(turn.soundMs + startMs)) }
}

/** So many words of the agent's may come back before they count as heard, where its voice does not tell when it says them. */
const MOST_ALOUD = 12
/** So many of a speech that was cut off were on their way. */
const MOST_CUT_OFF = 3
/** A voice that leaves words out has left them out among the last so many. */
const MOST_LEFT_OUT = 8
/** What was on its way at the end of a speech comes back within this time. */
const BACK_WITHIN_MS = 1_300

/** The words of one part of a reply, as its voice is given them. */
export interface PartAloud {
  /** Pieces of text as they are: they are joined without a space. */
  given(piece: string): void
  /** It sounds, and so much of it was heard. */
  heard(text: string): void
  over(how: 'cut-off' | 'said'): void
}

/** What the agent is just saying. */
export interface WordsAloud {
  begin(): PartAloud
  /** The words that do not count as heard yet, as bare text; empty where there are none. */
  unheard(): string
}

export function wordsAloud(clock: Clock): WordsAloud {
  let sounding: readonly (() => string)[] = []
  return {
    begin() {
      let text = ''
      let heardText = ''
      let most = MOST_ALOUD
      let untilMs = Number.POSITIVE_INFINITY
      /** Also those before the last heard one that the voice has not told of. */
      function unheard(): string {
        if (clock.now() > untilMs) return ''
        const words = bareText(text).split(' ')
        const heard = heardText === '' ? [] : bareText(heardText).split(' ')
        const before = words.slice(Math.max(0, heard.length - MOST_LEFT_OUT), heard.length)
        const after = words.slice(heard.length, heard.length + most)
        return [...before.filter(word => !heard.includes(word)), ...after].join(' ')
      }
      return {
        given(piece) {
          text += piece
        },
        heard(told) {
          heardText = told
          if (!sounding.includes(unheard)) sounding = [...sounding.slice(-1), unheard]
        },
        over(how) {
          if (how === 'cut-off') most = MOST_CUT_OFF
          untilMs = clock.now() + BACK_WITHIN_MS
        },
      }
    },
    unheard: () =>
      sounding
        .map(of => of())
        .join(' ')
        .trim(),
  }
}

export interface WordsSound {
  readonly channel: OwnSound
  readonly clock: Clock
  readonly times: SoundTimes
  /** What the agent is just saying, on a line that echoes; otherwise empty. */
  readonly aloud: () => string
}

/** Of each session: how much of the sound in which words came was the agent's own, in all and word by word. Empty where the agent was silent; word by word alone where they are told late. */
export function ownShares({ channel, clock, times, aloud }: WordsSound) {
  const known = new Map<string, number>()

  const nameOf = ({ text, startMs }: Word): string => `${bareText(text)} ${Math.round(startMs / SAME_MS)}`

  /** What was found once stays: the sound is kept for some seconds alone. */
  function look(words: readonly Word[]): void {
    const fresh = words.flatMap(word => {
      const [fromMs, toMs] = [times.at(word.startMs), times.at(word.endMs)]
      return known.has(nameOf(word)) || fromMs === undefined || toMs === undefined ? [] : [{ word, fromMs, toMs }]
    })
    const found = fresh.length === 0 ? [] : channel.ownEach(fresh)
    for (const [at, { word }] of fresh.entries()) {
      const own = found[at] ?? null
      if (own !== null) known.set(nameOf(word), thousandths(own))
    }
    for (const name of [...known.keys()].slice(0, -MOST_KNOWN)) known.delete(name)
  }

  function around(transcript: Transcript): Omit<AgentAround, 'aloud'> {
    const { text, final, words = [] } = transcript
    if (wordedText(text) === '') return {}
    const withinMs = final ? FINAL_MS : INTERIM_MS
    const isTimed = words.length > 0 && words.length === text.trim().split(/\s+/).length
    // What the line has heard since words that are told so late says nothing of them.
    const endMs = isTimed ? times.at(words.at(-1)?.endMs ?? 0) : undefined
    const isLate = endMs !== undefined && endMs < clock.now() - withinMs
    const all = isLate ? {} : ownShareSince(withinMs, { channel, clock })
    if (!isTimed) return all
    // What is told late keeps what was found while its sound was there.
    const isLookedAt = all.own !== undefined || isLate || words.some(word => known.has(nameOf(word)))
    if (!isLookedAt) return all
    look(words.slice(-MOST_WORDS))
    return { ...all, ownEach: words.map(word => known.get(nameOf(word)) ?? null) }
  }

  return (transcript: Transcript): AgentAround => {
    const unheard = wordedText(transcript.text) === '' ? '' : aloud()
    return { ...around(transcript), ...(unheard !== '' && { aloud: unheard }) }
  }
}

function ownShareSince(
  ms: number,
  { channel, clock }: Pick<WordsSound, 'channel' | 'clock'>,
): { readonly own?: number } {
  const share = channel.ownShare(clock.now() - ms)
  return share === undefined ? {} : { own: thousandths(share) }
}
