import { TTS } from '../../../src/providers/catalogue/voices.ts'
import { openAuraStandIn } from '../../../src/sandbox/aura/stand-in.ts'
import { contract } from './contract.ts'

contract('TTS', {
  entry: TTS.deepgram,
  standIn: ({ options, flite }) => openAuraStandIn(options, flite),
  has: { wordTimes: false },
})
