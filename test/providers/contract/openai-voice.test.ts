import { TTS } from '../../../src/providers/catalogue/voices.ts'
import { openOpenAiVoiceStandIn } from '../../../src/sandbox/openai-voice/stand-in.ts'
import { contract } from './contract.ts'

contract('TTS', {
  entry: TTS.openai,
  standIn: ({ options, flite }) => openOpenAiVoiceStandIn(options, flite),
  has: { wordTimes: false, endsUntold: true },
})
