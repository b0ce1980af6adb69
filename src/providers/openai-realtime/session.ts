import type {
  Clock,
  LanguageModel,
  Prompt,
  ReplyPart,
  TextToSpeech,
  VoiceActivity,
  VoiceRateHz,
} from '../../conversation/ports.ts'
import type { Network } from '../../network.ts'
import type { PortsInPerson } from '../entry.ts'
import { type Hearing, type HearingEvents, realtimeEars } from './ears.ts'
import { responseRequest } from './input-items.ts'
import { type Line, type OpenResponse, openLine } from './line.ts'
import { realtimeMind } from './mind.ts'
import type { ResponseSound } from './response-sound.ts'
import type { RealtimeAccess } from './socket.ts'
import { realtimeVoice, type Sounds } from './voice.ts'

/** The service ends a session after 60 minutes. Before that another one takes its place, while nobody speaks. */
const OLD_MS = 55 * 60_000
/** Sounds of responses that no voice has taken: a reply has few parts, of which one is made at a time. */
const MOST_SOUNDS = 8

export interface RealtimeSettings extends RealtimeAccess {
  readonly voice: string
  readonly transcriptionModel: string
  readonly language: string
  readonly rateHz: number
  readonly voiceRateHz: VoiceRateHz
  readonly voiceActivity: VoiceActivity
}

/**
 * One session of a call that hears, thinks and speaks, and another one when it is lost or old. It opens at once, while the
 * greeting plays, and closes when `callSignal` aborts. `other` speaks what is no answer of the model's.
 */
export function realtimeSession(
  settings: RealtimeSettings,
  other: TextToSpeech,
  clock: Clock,
  callSignal: AbortSignal,
  network: Network,
): PortsInPerson {
  const sessionHz = settings.rateHz === 8_000 ? 8_000 : 24_000
  const lines = holdLines({ ...settings, session: spokenSession(settings, sessionHz) }, clock, callSignal, network)
  const sounds = new Map<string, ResponseSound>()

  function respond(prompt: Prompt): OpenResponse {
    const response = lines.live().respond(heard => responseRequest(prompt, heard), reasoningOf(settings.model))
    if (prompt.of) keep(prompt.of, response.sound)
    return response
  }

  function keep(of: ReplyPart, sound: ResponseSound): void {
    sounds.set(keyOf(of), sound)
    for (const [key, old] of [...sounds].slice(0, -MOST_SOUNDS)) {
      sounds.delete(key)
      old.release()
    }
  }

  const kept: Sounds = {
    has(of) {
      const sound = sounds.get(keyOf(of))
      return sound?.isSpoken === true && sound.state.kind !== 'broken'
    },
    take(of) {
      const sound = sounds.get(keyOf(of))
      sounds.delete(keyOf(of))
      return sound
    },
  }
  const { rateHz, voiceActivity } = settings
  return {
    speechToText: realtimeEars({ hearing: lines, rateHz, sessionHz, voiceActivity }, clock),
    model: realtimeMind(respond, clock),
    voice: realtimeVoice(kept, other, clock),
  }
}

/** The model alone, for a call that hears and speaks by others. */
export function realtimeModel(
  settings: RealtimeAccess,
  clock: Clock,
  callSignal: AbortSignal,
  network: Network,
): LanguageModel {
  const session = { type: 'realtime', output_modalities: ['text'], audio: { input: { turn_detection: null } } }
  const lines = holdLines({ ...settings, session, voiceRateHz: 8_000 }, clock, callSignal, network)
  return realtimeMind(
    prompt => lines.live().respond(() => responseRequest(prompt, []), reasoningOf(settings.model)),
    clock,
  )
}

/** Whose turn it is this server decides: the session detects none, and answers only when it is asked. */
function spokenSession(
  { voice, transcriptionModel, language, voiceRateHz }: RealtimeSettings,
  sessionHz: 8000 | 24000,
): object {
  const transcription = {
    ...{ model: transcriptionModel, language: language.split('-')[0] },
    ...(transcriptionModel === 'gpt-realtime-whisper' && { delay: 'low' }),
  }
  return {
    ...{ type: 'realtime', output_modalities: ['audio'], tracing: null },
    audio: {
      input: { format: formatOf(sessionHz), transcription, turn_detection: null },
      output: { format: formatOf(voiceRateHz), voice },
    },
  }
}

const formatOf = (rateHz: 8000 | 24000): object =>
  rateHz === 8_000 ? { type: 'audio/pcmu' } : { type: 'audio/pcm', rate: 24_000 }

/** Callers wait for thoughts. Models that do not reason refuse to be told how much they should. */
const reasoningOf = (model: string): object =>
  /^gpt-realtime-2/.test(model) ? { reasoning: { effort: 'minimal' } } : {}

const keyOf = ({ reply, part }: ReplyPart): string => `${reply}-${part}`

/** The line of a call that is open. */
function holdLines(
  settings: Parameters<typeof openLine>[0],
  clock: Clock,
  callSignal: AbortSignal,
  network: Network,
): Hearing {
  let listener: HearingEvents | undefined
  let line = open()

  function open(): Line {
    const opened: Line = openLine(
      settings,
      {
        transcription: event => listener?.transcription(event),
        refused: (id, error, code) => listener?.refused(id, error, code),
        failed(error) {
          if (opened === line) listener?.failed(error)
        },
      },
      clock,
      network,
    )
    return opened
  }

  const isOld = (): boolean => clock.now() - line.openedAtMs > OLD_MS && line.isIdle() && (listener?.isIdle() ?? true)
  const close = (): void => line.close()
  callSignal.addEventListener('abort', close, { once: true })
  if (callSignal.aborted) close()
  return {
    live() {
      callSignal.throwIfAborted()
      if (line.isUsable() && !isOld()) return line
      line.close()
      line = open()
      return line
    },
    listen(next) {
      listener = next
    },
  }
}
