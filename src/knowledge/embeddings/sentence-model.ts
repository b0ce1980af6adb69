import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { normalized } from './embedder.ts'
import { wordPieces } from './word-pieces.ts'

export const MODEL_FILE = 'model_quantized.onnx'
export const VOCABULARY_FILE = 'vocab.txt'
/** What it was trained to read at once. */
const MOST_PIECES = 256

/** all-MiniLM-L6-v2: a text in, a vector of 384 out. */
export interface SentenceModel {
  embed(text: string): Promise<Float32Array>
}

/** Loads the model from a folder (0.2 s). Rejects when a file is missing or damaged. */
export async function openSentenceModel(folder: string): Promise<SentenceModel> {
  // The library sends telemetry (seen in 1.30) unless this is set before it is loaded.
  process.env.ORT_DISABLE_TELEMETRY = '1'
  const { InferenceSession, Tensor } = await import('onnxruntime-node')
  const words = wordPieces(await readFile(join(folder, VOCABULARY_FILE), 'utf8'))
  const session = await InferenceSession.create(join(folder, MODEL_FILE), {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    logSeverityLevel: 3,
  })
  return {
    async embed(text) {
      const cut = words.cut(text, MOST_PIECES)
      const shape = [1, cut.length]
      const tensor = (values: readonly number[]) => new Tensor('int64', BigInt64Array.from(values, BigInt), shape)
      const { last_hidden_state: state } = await session.run({
        input_ids: tensor(cut),
        attention_mask: tensor(cut.map(() => 1)),
        token_type_ids: tensor(cut.map(() => 0)),
      })
      if (!state) throw new Error('the model gave nothing')
      return normalized(meanOf(state.data as Float32Array, cut.length))
    },
  }
}

/** The mean of the vectors of all word pieces. */
function meanOf(states: Float32Array, count: number): Float32Array {
  const length = states.length / count
  const mean = new Float32Array(length)
  for (let i = 0; i < states.length; i++) mean[i % length] = (mean[i % length] ?? 0) + (states[i] ?? 0) / count
  return mean
}
