import { join } from 'node:path'
import { repeatedAtEnd } from './repeats.ts'
import { BEGIN, END, openTokens } from './tokens.ts'

/** The only rate that it takes. */
export const MOONSHINE_HZ = 16_000
export const ENCODER_FILE = 'encoder_model.onnx'
export const DECODER_FILE = 'decoder_model_merged.onnx'

const LAYERS = 6
const HEADS = 8
const HEAD_SIZE = 36
/** Less sound gives the encoder nothing to look at. */
const LEAST_SAMPLES = MOONSHINE_HZ / 10
/** The softest caller is thirty times louder. */
const SILENT = 1 / 2_048
/** The quickest talkers stay below; a decoder that has lost its way does not. */
const TOKENS_A_SECOND = 7
const LEAST_TOKENS = 4

/** Moonshine tiny, for English: a whole utterance in, its words out. */
export interface Moonshine {
  /**
   * The words of mono sound at 16 kHz; "" for sound without words or shorter than 100 ms. Runs in this thread, and lets it
   * do other things between two tokens. Rejects on abort.
   */
  recognize(pcm16k: Float32Array | Int16Array, signal?: AbortSignal): Promise<string>
  close(): Promise<void>
}

/** Loads the model from a folder (0.3 s). Rejects when a file is missing or damaged. */
export async function openMoonshine(folder: string): Promise<Moonshine> {
  // The library sends telemetry (seen in 1.30) unless this is set before it is loaded.
  process.env.ORT_DISABLE_TELEMETRY = '1'
  const { InferenceSession, Tensor } = await import('onnxruntime-node')
  const load = (file: string) =>
    InferenceSession.create(join(folder, file), {
      intraOpNumThreads: 1,
      interOpNumThreads: 1,
      executionMode: 'sequential',
      graphOptimizationLevel: 'all',
      logSeverityLevel: 3,
    })
  type Tensors = Record<string, InstanceType<typeof Tensor>>
  const textOf = await openTokens()
  const encoder = await load(ENCODER_FILE)
  const decoder = await load(DECODER_FILE)
  const flag = (value: boolean) => new Tensor('bool', Uint8Array.of(value ? 1 : 0), [1])
  const caches = Array.from({ length: LAYERS }, (_, layer) => `${layer}`).flatMap(layer =>
    ['decoder', 'encoder'].flatMap(part => ['key', 'value'].map(what => `${layer}.${part}.${what}`)),
  )

  async function tokensOf(sound: Float32Array, most: number, signal: AbortSignal | undefined): Promise<number[]> {
    const { last_hidden_state: heard } = await encoder.run({
      input_values: new Tensor('float32', sound, [1, sound.length]),
    })
    if (!heard) throw new Error('the encoder gave nothing')
    const nothing = new Tensor('float32', new Float32Array(0), [1, HEADS, 0, HEAD_SIZE])
    let past: Tensors = Object.fromEntries(caches.map(name => [`past_key_values.${name}`, nothing]))
    const tokens: number[] = []
    let last = BEGIN
    while (tokens.length < most) {
      signal?.throwIfAborted()
      const isFirst = tokens.length === 0
      const given = await decoder.run({
        ...past,
        input_ids: new Tensor('int64', BigInt64Array.of(BigInt(last)), [1, 1]),
        encoder_hidden_states: heard,
        use_cache_branch: flag(!isFirst),
      })
      last = likeliest(given.logits?.data as Float32Array)
      if (last === END) break
      tokens.push(last)
      const repeated = repeatedAtEnd(tokens)
      if (repeated > 0) return tokens.slice(0, -repeated)
      // What the decoder keeps of the sound is made once, at the first token.
      past = Object.fromEntries(
        caches.map(name => {
          const key = `past_key_values.${name}`
          const kept = isFirst || name.includes('decoder') ? given[`present.${name}`] : past[key]
          return [key, kept ?? nothing]
        }),
      )
    }
    return tokens
  }

  return {
    async recognize(pcm16k, signal) {
      signal?.throwIfAborted()
      if (pcm16k.length < LEAST_SAMPLES) return ''
      const sound = pcm16k instanceof Float32Array ? pcm16k : toFloats(pcm16k)
      if (sound.every(sample => Math.abs(sample) < SILENT)) return ''
      const most = LEAST_TOKENS + Math.ceil((TOKENS_A_SECOND * sound.length) / MOONSHINE_HZ)
      return textOf(await tokensOf(sound, most, signal))
    },
    async close() {
      await encoder.release()
      await decoder.release()
    },
  }
}

/** A loop: `Float32Array.from` with a function takes 5 ms for three seconds of sound, and this 0.2. */
function toFloats(pcm: Int16Array): Float32Array {
  const floats = new Float32Array(pcm.length)
  for (let i = 0; i < pcm.length; i++) floats[i] = (pcm[i] ?? 0) / 32_768
  return floats
}

function likeliest(logits: Float32Array): number {
  let best = 0
  for (let i = 1; i < logits.length; i++) if ((logits[i] ?? 0) > (logits[best] ?? 0)) best = i
  return best
}
