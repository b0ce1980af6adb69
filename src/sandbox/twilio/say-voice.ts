import { encodeMulaw } from '../../audio/mulaw.ts'
import { resample } from '../../audio/resample.ts'
import type { Flite } from '../../flite/flite.ts'
import { LINE_RATE_HZ } from '../caller/fixture.ts'
import type { VerbContext } from './twiml-verbs.ts'

/** A voice for Twilio's <Say> that differs from the agent's, so that a listener can tell them apart. */
export function sayVoice(flite: Flite, voice = 'kal'): NonNullable<VerbContext['speak']> {
  return async (text, signal) => {
    const { pcm, rateHz } = await flite.synthesize(text, voice, signal)
    return encodeMulaw(resample(pcm, rateHz, LINE_RATE_HZ))
  }
}
