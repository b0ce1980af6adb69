import { TTS } from '../../../src/providers/catalogue/voices.ts'
import { openPollyStandIn } from '../../../src/sandbox/polly/stand-in.ts'
import { contract } from './contract.ts'

contract('TTS', {
  entry: TTS.polly,
  standIn: ({ options, flite }) => openPollyStandIn(options, flite),
  has: { wordTimes: true },
})
