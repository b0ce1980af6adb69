import type { Clock } from '../../conversation/ports.ts'
import { scopeOf } from '../../conversation/scope.ts'
import type { ModelState } from '../../models/model-folder.ts'
import type { Ears } from './ears.ts'
import type { Voice } from './voice.ts'

/** What of speech this machine does by itself. */
export interface LocalSpeech {
  /** Nothing where they are not wanted, or where calls can do without them and their model is not there. */
  readonly ears: Ears | undefined
  readonly voice: Voice | undefined
  /** Why no calls can be taken yet. */
  notReady(): readonly string[]
}

interface Parts {
  readonly clock: Clock
  readonly log: { warn(about: object, message: string): void }
}

/** What is wanted of this machine. */
export interface LocalWants {
  /** `if there`: calls can do without them, and scripted callers need none. */
  readonly ears: 'no' | 'if there' | 'yes'
  readonly voice: boolean
  /** The folder of the models. */
  readonly modelsDir: string
}

const AGAIN_MS = 5_000

/**
 * Opens what is wanted of local speech, and begins to load it. Rejects with an Error that says what to do when the
 * ears are chosen and their model is not there or is damaged.
 */
export async function openLocalSpeech(
  wants: LocalWants,
  parts: Parts,
  signal: AbortSignal,
): Promise<LocalSpeech & { close(): Promise<void> }> {
  const ears = wants.ears === 'no' ? undefined : await earsIn(wants.modelsDir, wants.ears === 'yes', parts, signal)
  const voice = wants.voice ? (await import('./voice.ts')).openVoice(parts) : undefined
  const scope = scopeOf(signal)
  const waits = new Map<string, string>()

  /** Loads until it is there: a machine that had no memory for it may have some a moment later. */
  async function load(what: string, part: Pick<Ears | Voice, 'warm'>): Promise<void> {
    waits.set(what, `${what} of this machine: being loaded`)
    while (true) {
      try {
        await part.warm(scope.signal)
        return void waits.delete(what)
      } catch (error) {
        scope.signal.throwIfAborted()
        waits.set(what, `${what} of this machine: ${error instanceof Error ? error.message : String(error)}`)
        await parts.clock.sleep(AGAIN_MS, scope.signal)
      }
    }
  }

  const loading = [ears && load('the ears', ears), voice && load('the voice', voice)].map(one =>
    one?.catch(() => undefined),
  )
  return {
    ears,
    voice,
    // Calls of scripted callers need no ears.
    notReady: () =>
      [...waits].flatMap(([what, why]) => (what === 'the ears' && wants.ears === 'if there' ? [] : [why])),
    async close() {
      scope.abort(new Error('the server is closing'))
      await Promise.all([...loading, ears?.close(), voice?.close()])
    },
  }
}

/** A folder that cannot be read is named where it is needed; else it has no model. */
async function looked(look: () => Promise<ModelState>, isNeeded: boolean, signal: AbortSignal): Promise<ModelState> {
  try {
    return await look()
  } catch (error) {
    signal.throwIfAborted()
    const why = error instanceof Error ? error.message : String(error)
    if (isNeeded) throw new Error(`MODELS_DIR cannot be read: ${why}`, { cause: error })
    return { kind: 'damaged', files: [], why }
  }
}

async function earsIn(
  modelsDir: string,
  isNeeded: boolean,
  { clock, log }: Parts,
  signal: AbortSignal,
): Promise<Ears | undefined> {
  const [{ MOONSHINE_TINY }, { lookAtModel, modelFolder }] = await Promise.all([
    import('../../models/known-models.ts'),
    import('../../models/model-folder.ts'),
  ])
  const folder = modelFolder(modelsDir, MOONSHINE_TINY)
  const state = await looked(() => lookAtModel(folder, MOONSHINE_TINY, signal), isNeeded, signal)
  switch (state.kind) {
    case 'whole':
      return (await import('./ears.ts')).openEars({ modelFolder: folder, clock, log })
    case 'missing':
      if (isNeeded) throw new Error(`the model of the local ears is not in ${folder}: npm run models fetches it`)
      return undefined
    case 'damaged':
      if (isNeeded) throw new Error(`the model of the local ears is damaged (${state.why}): npm run models mends it`)
      log.warn({ why: state.why }, 'the model of the local ears is damaged: npm run models mends it')
      return undefined
  }
}
