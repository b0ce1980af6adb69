import type { Access, ProviderAccess } from '../chosen/access.ts'
import { modelOf } from '../chosen/in-force.ts'
import { type ChosenProvider, readProviders } from '../chosen/providers.ts'
import { systemClock } from '../clock.ts'
import { SANDBOX_KEY } from '../config.ts'
import { systemNetwork } from '../network.ts'
import { openProvider } from '../open-providers.ts'
import { entryOf, namesOf } from '../providers/catalogue/catalogue.ts'
import type { PartsOf, Port, Ports, SpeechParts } from '../providers/entry.ts'
import { openLocalSpeech } from '../providers/local/open-local-speech.ts'
import { openDetector } from '../providers/voice-activity/detectors.ts'
import { startSandbox } from '../sandbox/process.ts'
import { modelsFolder, whereModels } from '../settings/models-folder.ts'

/** A provider that takes part, and as what: the vendor itself, its stand-in, or this machine. */
export interface Candidate<P extends Port = Port> {
  readonly name: string
  readonly as: 'vendor' | 'stand-in' | 'local'
  readonly model: string | undefined
  /** By what it is paid, as the list of prices has it. */
  readonly paidBy: string
  readonly provider: Ports[P]
}

/** Who cannot take part, and why. */
export interface Absent {
  readonly name: string
  readonly why: string
}

export interface Candidates {
  of<P extends Port>(
    port: P,
    names: readonly string[],
  ): Promise<{ readonly candidates: readonly Candidate<P>[]; readonly absent: readonly Absent[] }>
  /** Where the words of recorded callers are announced. */
  readonly announceUrl: string
  close(): Promise<void>
}

type Environment = Readonly<Record<string, string | undefined>>

/** Those whose keys are set are the vendors; for the others the sandbox is started, which stands in. */
export async function openCandidates(env: Environment, signal: AbortSignal): Promise<Candidates> {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''))
  const all = (['STT', 'LLM', 'TTS'] as const).flatMap(port => namesOf(port).map(name => ({ port, name })))
  const standIns = new Set(all.flatMap(({ port, name }) => entryOf(port, name)?.standIn ?? []))
  const sandbox = await startSandbox({ port: 0, profile: 'typical', with: [...standIns] }, signal)
  const access: ProviderAccess = Object.fromEntries(
    [...standIns].map((name): [string, Access] => [name, { apiKey: SANDBOX_KEY, baseUrl: sandbox.urls[name] ?? '' }]),
  )
  const log = { warn: () => undefined }
  const modelsDir = modelsFolder(whereModels(given))
  const local = await openLocalSpeech({ ears: 'if there', voice: true, modelsDir }, { clock: systemClock, log }, signal)
  const detector = await openDetector('silero', 'normal', systemClock)
  const parts: SpeechParts = {
    ...{ clock: systemClock, network: systemNetwork, local },
    voiceActivity: detector.voiceActivity,
  }
  const opened: Ports[Port][] = []

  async function candidate<P extends Port>(port: P, name: string): Promise<Candidate<P> | Absent> {
    if (entryOf(port, name)?.hearsAndSpeaks) return { name, why: 'hears and speaks by itself' }
    const { chosen, problems } = readProviders({ ...given, [port]: name })
    const [one] = chosen[port] as readonly ChosenProvider<P>[]
    const wrong = problems[0]
    if (!one || wrong !== undefined) return { name, why: wrong ?? 'cannot be chosen' }
    if (name === 'local' && port === 'STT' && !local.ears) return { name, why: 'npm run models fetches its model' }
    // A server that wants no key is the operator's own where it is named.
    const { standIn, settings = {} } = entryOf(port, name) ?? {}
    const isNamed = Object.values(settings).some(({ name: own, kind }) => kind !== 'text' && given[own] !== undefined)
    const isStoodIn = standIn !== undefined && (one.isStoodIn || !isNamed)
    try {
      const provider = await openProvider(one, isStoodIn ? access : {}, parts as PartsOf<P>)
      opened.push(provider)
      const as = name === 'local' ? 'local' : isStoodIn ? 'stand-in' : 'vendor'
      return { name, as, model: one.values.model, paidBy: modelOf(one, 'local'), provider }
    } catch (error) {
      return { name, why: error instanceof Error ? error.message : String(error) }
    }
  }

  return {
    announceUrl: sandbox.urls.deepgram ?? '',
    async of(port, names) {
      const found = await Promise.all((names.length > 0 ? names : namesOf(port)).map(name => candidate(port, name)))
      return {
        candidates: found.filter(one => 'provider' in one),
        absent: found.filter(one => 'why' in one),
      }
    },
    async close() {
      await Promise.all(opened.map(one => one.close?.()))
      await Promise.all([sandbox.close(), local.close(), detector.close()])
    },
  }
}
