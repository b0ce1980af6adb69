import { type Check, contractChecks } from '../../../src/contract/contract.ts'
import { voiceActivityChecks } from '../../../src/contract/voice-activity.ts'
import { LLM } from '../../../src/providers/catalogue/language-models.ts'
import { STT } from '../../../src/providers/catalogue/speech-to-text.ts'
import { TTS } from '../../../src/providers/catalogue/voices.ts'
import { openSilero } from '../../../src/providers/silero.ts'
import { openAnthropicStandIn } from '../../../src/sandbox/anthropic/stand-in.ts'
import { openAssemblyAiStandIn } from '../../../src/sandbox/assemblyai/stand-in.ts'
import { openAuraStandIn } from '../../../src/sandbox/aura/stand-in.ts'
import { openCartesiaStandIn } from '../../../src/sandbox/cartesia/stand-in.ts'
import { openDeepgramStandIn } from '../../../src/sandbox/deepgram/stand-in.ts'
import { openElevenLabsStandIn } from '../../../src/sandbox/elevenlabs/stand-in.ts'
import { openGeminiStandIn } from '../../../src/sandbox/gemini/stand-in.ts'
import { openOpenAiStandIn } from '../../../src/sandbox/openai/stand-in.ts'
import { openOpenAiEarsStandIn } from '../../../src/sandbox/openai-ears/stand-in.ts'
import { openOpenAiVoiceStandIn } from '../../../src/sandbox/openai-voice/stand-in.ts'
import { openWhisperStandIn } from '../../../src/sandbox/whisper/stand-in.ts'
import { localStandIn } from '../contract/local-speech.ts'
import { detectorInVirtualTime } from '../in-virtual-time/detector-in-virtual-time.ts'
import { type ContractOptions, inVirtualTime } from '../in-virtual-time/in-virtual-time.ts'
import { lasting } from '../in-virtual-time/lasting-faults.ts'

const ears = { interims: true, flush: true, namesCall: true }
const deepgram: ContractOptions<'STT'> = {
  entry: STT.deepgram,
  standIn: ({ options }) => openDeepgramStandIn(options),
  has: ears,
}
const local = async (...given: Parameters<typeof localStandIn>) => localStandIn(...given)

/** The suites over the usual providers, each in the process that a mutant has for itself. */
const SUITES: Readonly<Record<string, () => readonly Check[] | Promise<readonly Check[]>>> = {
  deepgram: () => contractChecks('STT', inVirtualTime<'STT'>(deepgram)),
  flux: () =>
    contractChecks(
      'STT',
      inVirtualTime<'STT'>({ ...deepgram, has: { ...ears, flush: false }, values: { model: 'flux-general-en' } }),
    ),
  openai: () =>
    contractChecks(
      'LLM',
      inVirtualTime<'LLM'>({
        entry: LLM.openai,
        standIn: ({ options }) => openOpenAiStandIn(options),
        has: { usage: true },
      }),
    ),
  cartesia: () =>
    contractChecks(
      'TTS',
      inVirtualTime<'TTS'>({
        entry: TTS.cartesia,
        standIn: ({ options, flite }) => openCartesiaStandIn(options, flite),
        has: { wordTimes: true },
      }),
    ),
  'local ears': () =>
    contractChecks(
      'STT',
      inVirtualTime<'STT'>({
        entry: STT.local,
        standIn: local,
        has: { interims: false, flush: true, namesCall: false, faults: ['drop', 'stall'] },
      }),
    ),
  'local voice': () =>
    contractChecks(
      'TTS',
      inVirtualTime<'TTS'>({ entry: TTS.local, standIn: local, has: { wordTimes: true, faults: ['drop'] } }),
    ),
  assemblyai: () =>
    contractChecks(
      'STT',
      inVirtualTime<'STT'>({
        entry: STT.assemblyai,
        standIn: ({ options }) => openAssemblyAiStandIn(options),
        has: { interims: true, flush: true, namesCall: false },
      }),
    ),
  'openai-ears': () =>
    contractChecks(
      'STT',
      inVirtualTime<'STT'>({
        entry: STT.openai,
        standIn: ({ options }) => openOpenAiEarsStandIn(options),
        has: { interims: true, flush: true, namesCall: false },
      }),
    ),
  whisper: () =>
    contractChecks(
      'STT',
      inVirtualTime<'STT'>({
        entry: STT.whisper,
        standIn: ({ options }) => lasting(openWhisperStandIn(options)),
        has: { interims: true, flush: true, namesCall: false },
      }),
    ),
  anthropic: () =>
    contractChecks(
      'LLM',
      inVirtualTime<'LLM'>({
        entry: LLM.anthropic,
        standIn: ({ options }) => openAnthropicStandIn(options),
        has: { usage: true },
      }),
    ),
  gemini: () =>
    contractChecks(
      'LLM',
      inVirtualTime<'LLM'>({
        entry: LLM.gemini,
        standIn: ({ options }) => openGeminiStandIn(options, { read: async () => [], close: async () => undefined }),
        has: { usage: true },
      }),
    ),
  responses: () =>
    contractChecks(
      'LLM',
      inVirtualTime<'LLM'>({
        entry: LLM.responses,
        standIn: ({ options }) => openOpenAiStandIn(options),
        has: { usage: true },
        values: { model: 'gpt-6-luna' },
      }),
    ),
  elevenlabs: () =>
    contractChecks(
      'TTS',
      inVirtualTime<'TTS'>({
        entry: TTS.elevenlabs,
        standIn: ({ options, flite }) => openElevenLabsStandIn(options, flite),
        has: { wordTimes: true, longestMessage: 8 * 1024 * 1024 },
      }),
    ),
  aura: () =>
    contractChecks(
      'TTS',
      inVirtualTime<'TTS'>({
        entry: TTS.deepgram,
        standIn: ({ options, flite }) => openAuraStandIn(options, flite),
        has: { wordTimes: false },
      }),
    ),
  'openai-voice': () =>
    contractChecks(
      'TTS',
      inVirtualTime<'TTS'>({
        entry: TTS.openai,
        standIn: ({ options, flite }) => openOpenAiVoiceStandIn(options, flite),
        has: { wordTimes: false, endsUntold: true },
      }),
    ),
  silero: async () => voiceActivityChecks(await detectorInVirtualTime(openSilero)),
}

/** Runs one suite up to the first check that fails. Exit code: 0, or 3 and the check on stdout. */
for (const { name, run } of (await SUITES[process.argv[2] ?? '']?.()) ?? []) {
  try {
    await run()
  } catch (error) {
    process.stdout.write(`${name}: ${error instanceof Error ? error.message : error}\n`)
    process.exit(3)
  }
}
process.stdout.write('holds\n')
process.exit(0)
