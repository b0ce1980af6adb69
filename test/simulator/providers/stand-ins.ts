import { receptionist } from '../../../src/agents/built-in.ts'
import { ownWords } from '../../../src/conversation/agent.ts'
import type { Call } from '../../../src/conversation/conversation.ts'
import type { TurnEnd } from '../../../src/conversation/ports.ts'
import type { CallerMedia } from '../caller-media.ts'
import type { Chance } from '../chance.ts'
import type { Circumstances } from '../circumstances.ts'
import type { Ledger } from '../ledger.ts'
import type { SimulatedClock } from '../simulated-clock.ts'
import { detector } from './detector.ts'
import { model } from './model.ts'
import { speechToText } from './speech-to-text.ts'
import { voice } from './text-to-speech.ts'
import { tools } from './tools.ts'

type StandIns = Pick<Call, 'voiceActivity' | 'speechToText' | 'model' | 'voice' | 'tools' | 'turnEnd'>

/** All providers of one call, with the traits of its circumstances. */
export function standIns(
  circumstances: Circumstances,
  clock: SimulatedClock,
  media: () => CallerMedia,
  ledger: Ledger,
  chance: Chance,
  ids?: string,
): StandIns {
  const phrases = new Set(ownWords(receptionist))
  return {
    voiceActivity: detector(circumstances.detector, clock, media, ledger, chance.branch('detector')),
    speechToText: speechToText({
      traits: circumstances.speechToText,
      clock,
      media,
      ledger,
      chance: chance.branch('ears'),
    }),
    model: model(circumstances.model, clock, ledger, chance.branch('model'), ids),
    voice: voice({ traits: circumstances.voice, clock, ledger, chance: chance.branch('voice'), phrases }),
    tools: tools(circumstances.tools, clock, ledger, chance.branch('tools')),
    ...judge(circumstances, chance.branch('turn end')),
  }
}

function judge({ judge: kind }: Circumstances, chance: Chance): { readonly turnEnd?: TurnEnd } {
  switch (kind) {
    case 'none':
      return {}
    case 'any':
      return { turnEnd: { judge: () => chance.draw() } }
    case 'always complete':
      return { turnEnd: { judge: () => 0.97 } }
    case 'never complete':
      return { turnEnd: { judge: () => 0.05 } }
  }
}
