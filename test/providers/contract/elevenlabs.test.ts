import { TTS } from '../../../src/providers/catalogue/voices.ts'
import { openElevenLabsStandIn } from '../../../src/sandbox/elevenlabs/stand-in.ts'
import { contract } from './contract.ts'

contract('TTS', {
  entry: TTS.elevenlabs,
  standIn: ({ options, flite }) => openElevenLabsStandIn(options, flite),
  has: { wordTimes: true, longestMessage: 8 * 1024 * 1024 },
})
