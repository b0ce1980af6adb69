import { openSilero } from '../../../src/providers/silero.ts'
import { detectorContract } from './detectors.ts'

await detectorContract(openSilero)
