import type { Policy } from '../../src/conversation/turn/turn.ts'
import type { Stall } from '../../src/replay/virtual-clock.ts'
import { anyMediaTraits } from './caller-media.ts'
import { type Chance, chanceOf } from './chance.ts'
import { anyCommits } from './journal.ts'
import { anyNetwork } from './network.ts'
import { anyDetector } from './providers/detector.ts'
import { anyModel } from './providers/model.ts'
import { anySpeechToText } from './providers/speech-to-text.ts'
import { anyVoice } from './providers/text-to-speech.ts'
import { anyTools } from './providers/tools.ts'
import { anyBreaks } from './servers/breaks.ts'

const BASE: Policy = {
  patience: { shortMs: 500, middleMs: 1_000, longMs: 3_000, finalMs: 700 },
  bargeIn: { voice: 'ducked', speechMs: 640, backChannelMs: 1_500 },
  idleMs: 10_000,
  deadAirMs: 4_000,
  draftsPerTurn: 3,
  limitMs: 30 * 60_000,
  limitNoticeMs: 2 * 60_000,
  canTransfer: false,
}

function anyPolicy(chance: Chance): Policy {
  const quick = { shortMs: 250, middleMs: 800, longMs: 2_000, finalMs: 0 }
  const short = chance.happens(0.05) ? { limitMs: chance.whole(12_000, 60_000), limitNoticeMs: 8_000 } : {}
  return {
    ...BASE,
    patience: chance.happens(0.3) ? quick : BASE.patience,
    bargeIn: { ...BASE.bargeIn, voice: chance.pick(['ducked', 'held']) },
    draftsPerTurn: chance.whole(0, 3),
    canTransfer: chance.happens(0.4),
    ...short,
  }
}

/** How a call ends if nothing ends it before, with weights. */
const ENDS = { 'hangs up': 8, 'socket drops': 1, 'goes quiet': 1, 'server stops': 1 }
export type End = keyof typeof ENDS

const LONGEST_MS = 90_000

/** Everything around the conversation of one call, drawn from the call's seed. */
export function circumstancesOf(seed: number) {
  const chance = chanceOf(seed)
  const of = (name: string): Chance => chance.branch(name)
  const ends = of('ends')
  const stalls = of('stalls')
  return {
    seed,
    policy: anyPolicy(of('policy')),
    greets: of('greets').weighted<'greeting' | 'notice' | 'back'>({ greeting: 8, notice: 2, back: 1 }, 'greeting'),
    toCarrier: anyNetwork(of('to carrier')),
    toServer: anyNetwork(of('to server')),
    carrier: {
      marksLost: of('marks').happens(0.05) ? 0.1 : 0,
      marksLateMs: of('late marks').happens(0.15) ? of('how late').between(0, 400) : 0,
    },
    media: anyMediaTraits(of('media')),
    detector: anyDetector(of('detector')),
    speechToText: anySpeechToText(of('ears')),
    model: anyModel(of('model')),
    voice: anyVoice(of('voice')),
    tools: anyTools(of('tools')),
    commits: anyCommits(of('commits')),
    judge: of('judge').pick(['none', 'any', 'always complete', 'never complete']),
    ...anyBreaks(of('breaks')),
    end: ends.weighted<End>(ENDS, 'hangs up'),
    endMs: ends.happens(0.03) ? 0 : ends.tailed(38_000, LONGEST_MS),
    stopMs: ends.happens(0.02) ? ends.between(0, 30_000) : undefined,
    stalls: Array.from({ length: stalls.happens(0.15) ? 4 : 0 }, (): Stall => {
      const fromMs = 5_000 + stalls.between(0, 40_000)
      return { fromMs, toMs: fromMs + stalls.between(20, 600) }
    }),
  }
}

export type Circumstances = ReturnType<typeof circumstancesOf>
