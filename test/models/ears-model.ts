import { fileURLToPath } from 'node:url'
import { systemClock } from '../../src/clock.ts'
import { fetchModel } from '../../src/models/fetch-model.ts'
import { MOONSHINE_TINY } from '../../src/models/known-models.ts'
import { modelFolder } from '../../src/models/model-folder.ts'
import { systemNpm } from '../../src/models/npm.ts'
import { systemNetwork } from '../../src/network.ts'

const CACHE = fileURLToPath(new URL('../../node_modules/.cache/models', import.meta.url))

/** The folder of the ears' model, as a server's MODELS_DIR. */
export const TEST_MODELS_DIR = CACHE

/** The very model that people get, in a folder: fetched as `npm run models` does, once for each machine. */
export async function earsModel(signal = new AbortController().signal): Promise<string> {
  const folder = modelFolder(CACHE, MOONSHINE_TINY)
  const tell = (): void => undefined
  await fetchModel(
    folder,
    MOONSHINE_TINY,
    { network: systemNetwork, npm: systemNpm(process.env), clock: systemClock, tell },
    signal,
  )
  return folder
}
