import { TTS } from '../../../src/providers/catalogue/voices.ts'
import { openCartesiaStandIn } from '../../../src/sandbox/cartesia/stand-in.ts'
import { contract } from './contract.ts'

contract('TTS', {
  entry: TTS.cartesia,
  standIn: ({ options, flite }) => openCartesiaStandIn(options, flite),
  has: { wordTimes: true },
})
