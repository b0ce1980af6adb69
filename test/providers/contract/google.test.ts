import { STT } from '../../../src/providers/catalogue/speech-to-text.ts'
import { openGoogleStandIn } from '../../../src/sandbox/google/stand-in.ts'
import { contract } from './contract.ts'

contract('STT', {
  entry: STT.google,
  standIn: ({ options }) => openGoogleStandIn(options),
  has: { interims: true, flush: true, namesCall: false },
})
