import type { CallRecorder, LineNote } from '../channels/call-host.ts'
import type { Clock } from '../conversation/ports.ts'
import { CONCEALED, mosOf, ratingOf, UNCONCEALED } from './e-model.ts'
import { type SoundFigures, SoundLevel } from './sound-level.ts'
import { burstRatioOf, FollowedStream, lossPercentOf } from './stream-figures.ts'

/** One leg of a line, from the call's beginning to its end. Null is what is not known of it here. */
export interface LegQuality extends SoundFigures {
  readonly leg: 'caller' | 'agent'
  /**
   * The caller's: sound that never came, of all. The agent's: what this server itself sent too late to be heard in time;
   * what is lost behind the carrier is not known.
   */
  readonly lossPercent: number | null
  readonly jitterMs: number | null
  /** Places where sound is missing. WebRTC conceals them, and tells the loss alone. */
  readonly gaps: number | null
  readonly longestGapMs: number | null
  /** Of the gaps: media messages that the carrier counted and did not deliver. All other gaps were there before it. */
  readonly lostMessages?: number
  /** Of a browser: to its LiveKit server and back. */
  readonly roundTripMs?: number
  /** An estimate by the E-model, 1 to 4.41: `ratingOf` says of what. Null where there was no sound. */
  readonly mos: number | null
}

export interface LineQualityParts {
  readonly clock: Pick<Clock, 'now'>
  readonly rateHz: number
  /** The caller's sound has the carrier's own timestamps. Otherwise the line tells of its network by notes. */
  readonly isDated: boolean
  /** A frame that leaves later than this after its deadline leaves a gap. */
  readonly leadMs: number
}

/** Measures both legs of one call, by what its recorder and its notes are given. */
export interface LineQuality {
  /** The same recorder, measured. */
  tap(recorder: CallRecorder): CallRecorder
  note(note: LineNote): void
  legs(): readonly LegQuality[]
}

/** A jitter buffer is about twice as long as the jitter. */
const BUFFER_OF_JITTER = 2

export function lineQuality({ clock, rateHz, isDated, leadMs }: LineQualityParts): LineQuality {
  const heard = { stream: new FollowedStream(), level: new SoundLevel() }
  const said = { stream: new FollowedStream(), level: new SoundLevel() }
  let network: (LineNote & { kind: 'network' }) | undefined
  let [jitterSum, jitters, lostMessages] = [0, 0, 0]
  const lengthMs = (pcm: Int16Array): number => (pcm.length / rateHz) * 1_000

  function callerLeg(): LegQuality {
    const figures = heard.stream.figures()
    const known = isDated
      ? { lossPercent: lossPercentOf(figures), jitterMs: figures.jitterMs }
      : { lossPercent: network?.lossPercent ?? null, jitterMs: jitters === 0 ? null : jitterSum / jitters }
    const roundTripMs = network?.roundTripMs
    const rating = ratingOf({
      lossPercent: known.lossPercent ?? 0,
      burstRatio: isDated ? burstRatioOf(figures) : 1,
      delayMs: (roundTripMs ?? 0) / 2 + BUFFER_OF_JITTER * (known.jitterMs ?? 0),
      robustness: isDated ? UNCONCEALED : CONCEALED,
    })
    const isKnown = figures.soundMs > 0 && known.lossPercent !== null
    return rounded({
      leg: 'caller',
      ...known,
      gaps: isDated ? figures.gaps : null,
      longestGapMs: isDated ? figures.longestGapMs : null,
      ...(isDated && { lostMessages }),
      ...(roundTripMs !== undefined && { roundTripMs }),
      ...heard.level.figures(),
      mos: isKnown ? mosOf(rating) : null,
    })
  }

  function agentLeg(): LegQuality {
    const figures = said.stream.figures()
    const lossPercent = lossPercentOf(figures)
    const rating = ratingOf({
      ...{ lossPercent, burstRatio: burstRatioOf(figures) },
      ...{ delayMs: (network?.roundTripMs ?? 0) / 2, robustness: UNCONCEALED },
    })
    const { gaps, longestGapMs, soundMs } = figures
    return rounded({
      leg: 'agent',
      ...{ lossPercent, jitterMs: null, gaps, longestGapMs },
      ...said.level.figures(),
      mos: soundMs > 0 ? mosOf(rating) : null,
    })
  }

  return {
    tap: recorder => ({
      caller(pcm, positionMs, atMs) {
        heard.stream.take(positionMs, lengthMs(pcm), clock.now())
        heard.level.take(pcm)
        recorder.caller(pcm, positionMs, atMs)
      },
      agent(pcm, playsAtMs) {
        said.stream.sound(lengthMs(pcm))
        said.level.take(pcm)
        recorder.agent(pcm, playsAtMs)
      },
      moveAgent: (fromMs, byMs) => recorder.moveAgent(fromMs, byMs),
      cutAgent: atMs => recorder.cutAgent(atMs),
    }),
    note(note) {
      if (note.kind === 'network') {
        network = note
        jitterSum += note.jitterMs
        jitters++
      }
      if (note.kind === 'caller-gap') lostMessages += note.lostMessages ?? 0
      if (note.kind === 'frame-late' && note.lateMs > leadMs) said.stream.lost(note.lateMs - leadMs)
    },
    legs: () => [callerLeg(), agentLeg()],
  }
}

function rounded(leg: LegQuality): LegQuality {
  const to = (value: number | null, digits: number): number | null =>
    value === null ? null : Math.round(value * 10 ** digits) / 10 ** digits
  return {
    ...leg,
    lossPercent: to(leg.lossPercent, 2),
    jitterMs: to(leg.jitterMs, 1),
    longestGapMs: to(leg.longestGapMs, 0),
    levelDb: to(leg.levelDb, 1),
    clippedPercent: to(leg.clippedPercent, 3),
    mos: to(leg.mos, 2),
  }
}
