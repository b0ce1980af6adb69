import type { Clock } from '../../conversation/ports.ts'
import { SENTENCES } from '../../models/known-models.ts'
import { lookAtModel, modelFolder } from '../../models/model-folder.ts'
import type { Network } from '../../network.ts'
import type { EmbeddingsWanted } from '../../settings/embeddings.ts'
import type { Embedder } from './embedder.ts'

export interface OpenEmbedderParts {
  readonly wanted: EmbeddingsWanted
  /** The folder of this machine's models. */
  readonly modelsDir: string
  readonly network: Network
  readonly clock: Clock
  readonly log: { warn(about: object, message: string): void }
}

/** Who makes vectors, or why nobody does, in words for people. */
export type OpenedEmbedder = { readonly embedder: Embedder } | { readonly embedder: undefined; readonly why: string }

const WITHOUT = 'documents are found by their words alone'

/** Opens what the settings want. Rejects with an Error that says what to do when the local model was named and is not there. */
export async function openEmbedder(parts: OpenEmbedderParts, signal: AbortSignal): Promise<OpenedEmbedder> {
  const { wanted, modelsDir } = parts
  switch (wanted.kind) {
    case 'off':
      return { embedder: undefined, why: `EMBEDDINGS_MODEL is off: ${WITHOUT}` }
    case 'server':
      return { embedder: (await import('./compatible.ts')).compatibleEmbedder({ ...parts, ...wanted }) }
    case 'local': {
      const folder = modelFolder(modelsDir, SENTENCES)
      const { kind } = await lookAtModel(folder, SENTENCES, signal)
      if (kind === 'whole') {
        const { localEmbedder } = await import('./local.ts')
        return { embedder: localEmbedder({ ...parts, modelFolder: folder, model: SENTENCES.name }) }
      }
      const todo = 'npm run models -- sentences fetches it'
      if (wanted.needed) throw new Error(`EMBEDDINGS_MODEL: the local model in ${folder} is ${kind}: ${todo}`)
      return { embedder: undefined, why: `neither a key nor a local model for meanings (${todo}): ${WITHOUT}` }
    }
  }
}
