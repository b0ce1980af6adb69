import { openWebRtcVad } from '../../../src/providers/voice-activity/webrtc.ts'
import { detectorContract } from './detectors.ts'

await detectorContract(() => openWebRtcVad('normal'))
