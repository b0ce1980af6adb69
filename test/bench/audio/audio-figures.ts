import { systemClock } from '../../../src/clock.ts'
import type { Clock } from '../../../src/conversation/ports.ts'
import { type PatienceWindow, patienceFor } from '../../../src/conversation/turn/patience.ts'
import { emptyUtterance } from '../../../src/conversation/turn/utterance.ts'
import { wantedBy } from '../../../src/conversation/turn/wanted.ts'
import { openFlite } from '../../../src/flite/flite.ts'
import { english } from '../../../src/languages/english.ts'
import { openSilero } from '../../../src/providers/silero.ts'
import { seeded } from '../../../src/sandbox/chance.ts'
import type { TurnEndJudge } from '../../../src/turn-end/judge.ts'
import type { Figure } from '../../../src/turn-end/training/acceptance.ts'
import { beginsAt } from './audio-begins.ts'
import { type CallerEvent, callerEventsOf } from './audio-told.ts'
import { type AudioTurn, speakTurns } from './audio-turns.ts'

/** A turn and the events that the server gets from it. */
export interface HeardTurn {
  readonly turn: AudioTurn
  readonly callerEvents: readonly CallerEvent[]
}

/** How well an agent times its answers. */
export interface TurnTaking {
  /** The share of pauses in which it starts to answer. */
  readonly cutOff: number
  /** The number of whole turns that it interrupts. */
  readonly interrupted: number
  /** From the last voiced sample to the start of the answer in the other whole turns, the shortest first. */
  readonly deadAirMs: readonly number[]
}

const say = (text: string): void => void process.stdout.write(`${text}\n`)

const SEED = 12
/** The same limit as in the detector's tests of single utterances. */
const MOST_END_ERROR_MS = 60
const SILENCES_MS = [300, 400, 500, 600, 800, 1_000, 1_500, 2_000]
/** The same as in src/main.ts. */
export const WINDOWS: Readonly<Record<'phone' | 'quick', PatienceWindow>> = {
  phone: { shortMs: 500, middleMs: 1_000, longMs: 3_000, finalMs: 700 },
  quick: { shortMs: 250, middleMs: 800, longMs: 2_000, finalMs: 0 },
}

/** Sleeps end at once: the times are those of the audio. */
const instantClock: Clock = {
  ...systemClock,
  sleep: (_, signal) =>
    new Promise((resolve, reject) => setImmediate(() => (signal.aborted ? reject(signal.reason) : resolve()))),
}

/** The phone sentences as audio, with the events of the real detector and of the speech-to-text stand-in. */
export async function detectTurns(signal: AbortSignal): Promise<readonly HeardTurn[]> {
  const flite = openFlite()
  const silero = await openSilero(instantClock)
  try {
    const turns = await speakTurns(flite, signal)
    return await Promise.all(
      turns.map(async (turn, index) => {
        const chance = seeded(SEED * turns.length + index)
        return { turn, callerEvents: await callerEventsOf(turn, silero.voiceActivity, chance, signal) }
      }),
    )
  } finally {
    await Promise.all([flite.close(), silero.close()])
  }
}

/** Measures an agent that waits `patienceMs` after these words in answer to this question. */
export function turnTakingOf(
  heard: readonly HeardTurn[],
  patienceMs: (words: string, asked: string) => number,
): TurnTaking {
  const begins = heard.map(({ turn, callerEvents }) => ({
    ...turn,
    atMs: beginsAt(callerEvents, words => patienceMs(words, turn.asked)),
  }))
  const cut = begins.filter(({ goesOnMs }) => goesOnMs !== undefined)
  const whole = begins.filter(({ goesOnMs }) => goesOnMs === undefined)
  const inTime = whole.filter(({ atMs, lastVoicedMs }) => atMs >= lastVoicedMs)
  return {
    cutOff: cut.filter(({ atMs, goesOnMs = 0 }) => atMs < goesOnMs).length / cut.length,
    interrupted: whole.length - inTime.length,
    deadAirMs: inTime.map(({ atMs, lastVoicedMs }) => atMs - lastVoicedMs).toSorted((one, other) => one - other),
  }
}

/** The patience that the turn machine of a call computes. */
export const ownPatience =
  (judge: TurnEndJudge, window: PatienceWindow) =>
  (words: string, asked: string): number => {
    const utterance = { ...emptyUtterance(0), finalWords: words, complete: judge.judge(words, asked) }
    return patienceFor(utterance, window, wantedBy(asked, english), english).ms
  }

/** The detector's last voiced sample less the true one (ms), wherever it reported an end; earliest first. */
export const endErrorsMs = (heard: readonly HeardTurn[]): readonly number[] =>
  heard
    .flatMap(({ turn: { lastVoicedMs, goesOnMs = Number.POSITIVE_INFINITY }, callerEvents }) => {
      const ends = callerEvents.flatMap(event => (event.kind === 'speech-end' ? [event.lastVoicedMs] : []))
      return ends
        .filter(endMs => endMs < goesOnMs)
        .slice(-1)
        .map(endMs => endMs - lastVoicedMs)
    })
    .toSorted((one, other) => one - other)

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`.padStart(8)
const ms = (time: number): string => `${time.toFixed(0)} ms`.padStart(9)
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
/** `values` must be sorted. */
const quantile = (values: readonly number[], share: number): number =>
  values[Math.min(values.length - 1, Math.floor(share * values.length))] ?? Number.NaN

function row(name: string, { cutOff, interrupted, deadAirMs }: TurnTaking, plain?: TurnTaking): string {
  const times = [mean(deadAirMs), quantile(deadAirMs, 0.5), quantile(deadAirMs, 0.95)].map(ms).join(' ')
  return `${name.padEnd(34)} ${percent(cutOff)} ${times} ${String(interrupted).padStart(7)}${plain ? `   ${percent(plain.cutOff)}` : ''}`
}

const sizesOf = (errors: readonly number[]): readonly number[] =>
  errors.map(Math.abs).toSorted((one, other) => one - other)

function errorsRow(of: string, errors: readonly number[]): string {
  const sizes = sizesOf(errors)
  const [p50, p95] = [0.5, 0.95].map(share => quantile(sizes, share).toFixed(0))
  const [earliest, latest] = [errors[0], errors.at(-1)].map(error => error?.toFixed(0))
  return `${of.padEnd(34)} p50 ${p50} ms, p95 ${p95} ms, from ${earliest} to +${latest} ms (${errors.length})`
}

/** Prints the results of the turns as audio. Returns the figures that have a limit. */
export async function showAudio(judge: TurnEndJudge, signal: AbortSignal): Promise<readonly Figure[]> {
  const heard = await detectTurns(signal)
  const whole = heard.filter(({ turn }) => turn.goesOnMs === undefined)
  const cut = heard.filter(({ turn }) => turn.goesOnMs !== undefined)
  say(`\nphone sentences as audio (8 kHz, G.711, noise): ${whole.length} whole, ${cut.length} pauses in cut ones`)
  say(`${''.padEnd(34)}  cut off  dead air: mean, p50, p95  too soon   plain silence of that dead air cuts off`)
  const own = Object.entries(WINDOWS).map(([name, window]) => {
    const model = turnTakingOf(heard, ownPatience(judge, window))
    const plain = turnTakingOf(heard, () => mean(model.deadAirMs))
    say(row(`model, ${name} windows`, model, plain))
    return { name, model, plain }
  })
  for (const silenceMs of SILENCES_MS) {
    const plain = turnTakingOf(heard, () => silenceMs)
    say(row(`plain silence of ${silenceMs} ms`, plain))
  }
  say('\nend of speech, error of the last voiced sample')
  say(errorsRow('whole turns', endErrorsMs(whole)))
  say(errorsRow('before pauses, where it was reported', endErrorsMs(cut)))
  return [
    {
      measure: 'audio: error of the last voiced sample of whole turns, p95 (ms)',
      reached: quantile(sizesOf(endErrorsMs(whole)), 0.95),
      most: MOST_END_ERROR_MS,
    },
    ...own.flatMap(({ name, model, plain }) => [
      {
        measure: `audio, ${name} windows: pauses cut off, against plain silence`,
        reached: model.cutOff,
        most: plain.cutOff,
      },
      { measure: `audio, ${name} windows: whole turns interrupted`, reached: model.interrupted, most: 0 },
    ]),
  ]
}
