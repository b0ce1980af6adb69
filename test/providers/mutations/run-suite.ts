import { type Check, contractChecks } from '../../../src/contract/contract.ts'
import { LLM } from '../../../src/providers/catalogue/language-models.ts'
import { STT } from '../../../src/providers/catalogue/speech-to-text.ts'
import { TTS } from '../../../src/providers/catalogue/voices.ts'
import { type ContractOptions, inVirtualTime } from '../in-virtual-time/in-virtual-time.ts'

/** The SDK sets no limit to messages, so it is that of ws. */
const ears = { interims: true, flush: true, namesCall: true, longestMessage: 100 * 1024 * 1024 }
const deepgram: ContractOptions<'STT'> = {
  entry: STT.deepgram,
  standIn: async ({ options }) =>
    (await import('../../../src/sandbox/deepgram/stand-in.ts')).openDeepgramStandIn(options),
  has: ears,
}
const local: ContractOptions<'STT'>['standIn'] = async parts =>
  (await import('../contract/local-speech.ts')).localStandIn(parts)

/** The suites, each in the process that a mutant has for itself: it loads its own stand-in alone, which is half of what it takes. */
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
        standIn: async ({ options }) =>
          (await import('../../../src/sandbox/openai/stand-in.ts')).openOpenAiStandIn(options),
        has: { usage: true },
      }),
    ),
  cartesia: () =>
    contractChecks(
      'TTS',
      inVirtualTime<'TTS'>({
        entry: TTS.cartesia,
        standIn: async ({ options, flite }) =>
          (await import('../../../src/sandbox/cartesia/stand-in.ts')).openCartesiaStandIn(options, flite),
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
        standIn: async ({ options }) =>
          (await import('../../../src/sandbox/assemblyai/stand-in.ts')).openAssemblyAiStandIn(options),
        has: { interims: true, flush: true, namesCall: false },
      }),
    ),
  'openai-ears': () =>
    contractChecks(
      'STT',
      inVirtualTime<'STT'>({
        entry: STT.openai,
        standIn: async ({ options }) =>
          (await import('../../../src/sandbox/openai-ears/stand-in.ts')).openOpenAiEarsStandIn(options),
        has: { interims: true, flush: true, namesCall: false },
      }),
    ),
  whisper: () =>
    contractChecks(
      'STT',
      inVirtualTime<'STT'>({
        entry: STT.whisper,
        standIn: async ({ options }) => {
          const { lasting } = await import('../in-virtual-time/lasting-faults.ts')
          const { openWhisperStandIn } = await import('../../../src/sandbox/whisper/stand-in.ts')
          return lasting(openWhisperStandIn(options))
        },
        has: { interims: true, flush: true, namesCall: false },
      }),
    ),
  anthropic: () =>
    contractChecks(
      'LLM',
      inVirtualTime<'LLM'>({
        entry: LLM.anthropic,
        standIn: async ({ options }) =>
          (await import('../../../src/sandbox/anthropic/stand-in.ts')).openAnthropicStandIn(options),
        has: { usage: true },
      }),
    ),
  gemini: () =>
    contractChecks(
      'LLM',
      inVirtualTime<'LLM'>({
        entry: LLM.gemini,
        standIn: async ({ options }) =>
          (await import('../../../src/sandbox/gemini/stand-in.ts')).openGeminiStandIn(options, {
            read: async () => [],
            close: async () => undefined,
          }),
        has: { usage: true },
      }),
    ),
  responses: () =>
    contractChecks(
      'LLM',
      inVirtualTime<'LLM'>({
        entry: LLM.responses,
        standIn: async ({ options }) =>
          (await import('../../../src/sandbox/openai/stand-in.ts')).openOpenAiStandIn(options),
        has: { usage: true },
        values: { model: 'gpt-6-luna' },
      }),
    ),
  elevenlabs: () =>
    contractChecks(
      'TTS',
      inVirtualTime<'TTS'>({
        entry: TTS.elevenlabs,
        standIn: async ({ options, flite }) =>
          (await import('../../../src/sandbox/elevenlabs/stand-in.ts')).openElevenLabsStandIn(options, flite),
        has: { wordTimes: true, longestMessage: 8 * 1024 * 1024 },
      }),
    ),
  aura: () =>
    contractChecks(
      'TTS',
      inVirtualTime<'TTS'>({
        entry: TTS.deepgram,
        standIn: async ({ options, flite }) =>
          (await import('../../../src/sandbox/aura/stand-in.ts')).openAuraStandIn(options, flite),
        has: { wordTimes: false },
      }),
    ),
  'openai-voice': () =>
    contractChecks(
      'TTS',
      inVirtualTime<'TTS'>({
        entry: TTS.openai,
        standIn: async ({ options, flite }) =>
          (await import('../../../src/sandbox/openai-voice/stand-in.ts')).openOpenAiVoiceStandIn(options, flite),
        has: { wordTimes: false, endsUntold: true },
      }),
    ),
  silero: async () => {
    const { detectorInVirtualTime } = await import('../in-virtual-time/detector-in-virtual-time.ts')
    const { openSilero } = await import('../../../src/providers/silero.ts')
    const { voiceActivityChecks } = await import('../../../src/contract/voice-activity.ts')
    return voiceActivityChecks(await detectorInVirtualTime(openSilero))
  },
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
