import { isLocal } from '../chosen/providers.ts'
import type { Settings } from '../config.ts'
import type { Clock } from '../conversation/ports.ts'
import { bytesOf, MOONSHINE_TINY as model } from '../models/known-models.ts'
import { lookAtModel, modelFolder } from '../models/model-folder.ts'
import { openEars } from '../providers/local/ears.ts'
import { openVoice } from '../providers/local/voice.ts'
import { type Check, type Finding, note, ok, wrong } from './finding.ts'

const EARS = 'local ears'
const VOICE = 'local voice'
const RATE_HZ = 8_000
const WORDS = 'One, two, three.'
/** What a process that ends says is told as a finding. */
const log = { warn: (): void => undefined }

/** Whether this machine hears and speaks by itself, where the settings want that of it. */
export function localSpeechChecks(
  settings: Pick<Settings, 'providers' | 'hearsByCall' | 'MODELS_DIR'>,
  clock: Clock,
): readonly Check[] {
  const { providers, hearsByCall } = settings
  const hears = hearsByCall || isLocal(providers, 'STT')
  return [...(hears ? [earsCheck(settings, clock)] : []), ...(isLocal(providers, 'TTS') ? [voiceCheck(clock)] : [])]
}

function earsCheck({ hearsByCall, MODELS_DIR }: Pick<Settings, 'hearsByCall' | 'MODELS_DIR'>, clock: Clock): Check {
  const folder = modelFolder(MODELS_DIR, model)
  const fetches = `npm run models fetches it (${Math.round(bytesOf(model) / 1e6)} MB, ${model.licence})`

  async function loaded(signal: AbortSignal): Promise<Finding> {
    const ears = openEars({ modelFolder: folder, clock, log })
    const startMs = clock.now()
    try {
      await ears.warm(signal)
      return ok(EARS, `their model is whole, and loads in ${Math.round(clock.now() - startMs)} ms`)
    } finally {
      await ears.close()
    }
  }

  return {
    what: EARS,
    todo: `this machine must be able to load the model in ${folder}; DEEPGRAM_API_KEY does without it`,
    async run(signal) {
      const state = await lookAtModel(folder, model, signal)
      switch (state.kind) {
        case 'whole':
          return [await loaded(signal)]
        case 'damaged':
          return [wrong(EARS, `${state.why}: ${fetches}`)]
        case 'missing':
          return !hearsByCall
            ? [wrong(EARS, `their model is not in ${folder}: ${fetches}`)]
            : [note(EARS, `recorded callers are understood, people are not: the model is not in ${folder}; ${fetches}`)]
      }
    },
  }
}

function voiceCheck(clock: Clock): Check {
  return {
    what: VOICE,
    todo: 'this machine must be able to run flite: TTS=cartesia does without it',
    async run(signal) {
      const voice = openVoice({ clock, log })
      try {
        await voice.warm(signal)
        const startMs = clock.now()
        await voice.say(WORDS, RATE_HZ, signal)
        return [ok(VOICE, `it speaks: "${WORDS}" took ${Math.round(clock.now() - startMs)} ms`)]
      } finally {
        await voice.close()
      }
    },
  }
}
