import { resample } from '../../audio/resample.ts'
import { openSpeech } from '../../flite/speak.ts'
import { serveJobs } from '../../jobs/serve-jobs.ts'
import { withShortLead } from './short-lead.ts'
import type { VoiceAnswer, VoiceJob } from './voice.ts'

const WARMING = ['Good morning, and welcome.', 'One moment please: I am looking it up.', 'Is there anything else?']

// The process in which the local voice speaks. Nothing of what it says is kept: it may be somebody's.
await serveJobs<VoiceJob, VoiceAnswer>(async () => {
  const speak = openSpeech()
  // The first sentences take three times as long, until the program is compiled well.
  for (const text of WARMING) speak(text, 'slt')
  return ({ text, voice, rateHz, speed }) => {
    const spoken = speak(text, voice, speed)
    return withShortLead({ pcm: resample(spoken.pcm, spoken.rateHz, rateHz), words: spoken.words }, rateHz)
  }
})
