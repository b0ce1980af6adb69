import type { FastifyInstance } from 'fastify'
import type { Opened, World } from '../../../src/contract/check.ts'
import type { PortHas, Subject } from '../../../src/contract/contract.ts'
import type { Clock } from '../../../src/conversation/ports.ts'
import { type Flite, openFlite } from '../../../src/flite/flite.ts'
import type { PartsOf, Port, Ports, SettingSpec, SpeechParts } from '../../../src/providers/entry.ts'
import { type AnnouncedCalls, openAnnouncedCalls } from '../../../src/sandbox/announced-calls.ts'
import type { DelayProfile } from '../../../src/sandbox/delays.ts'
import type { Faults } from '../../../src/sandbox/faults.ts'
import type { StandIn, StandInOptions } from '../../../src/sandbox/stand-in.ts'
import type { MemoryNetwork } from '../../whole-call/memory-network.ts'
import type { OutsideWork } from '../../whole-call/outside-work.ts'
import { openVirtualTime } from '../../whole-call/virtual-time.ts'
import { loudnessDetector } from './loudness-detector.ts'
import { wireOf } from './wire.ts'

const SECRET = 'a-key-that-is-in-no-error'
const HOST = 'vendor'
const steady = (ms: number) => ({ medianMs: ms, p95Ms: ms })
/** Quick, so that a check takes little time; not at once, so that there is a while in which something can go wrong. */
const QUICK: DelayProfile = {
  interim: steady(60),
  final: { ...steady(120), after: 'last-word' },
  firstToken: steady(80),
  tokensPerSecond: 100,
  firstSound: steady(60),
}

/** One for all: a sentence that it has spoken once is at hand. Its thread ends with the process. */
const flite = openFlite()

/** What a stand-in may need besides its options. */
export interface StandInParts {
  readonly options: StandInOptions & { readonly announced: AnnouncedCalls }
  readonly flite: Flite
  readonly clock: Clock
  readonly announced: AnnouncedCalls
  readonly outside: OutsideWork
}

/** A stand-in, and what of this machine the provider is given. */
export interface Opening {
  readonly standIn: Pick<StandIn, 'url' | 'close'> & { readonly faults: Pick<Faults, 'set' | 'left'> }
  readonly local?: SpeechParts['local']
}

/** An entry with whatever settings. */
interface AnyEntry<P extends Port> {
  readonly settings: Readonly<Record<string, SettingSpec>>
  load(): Promise<(values: never, parts: PartsOf<P>) => Ports[P] | Promise<Ports[P]>>
}

/** Which provider is opened against which stand-in. */
export interface ContractOptions<P extends Port> {
  readonly entry: AnyEntry<P>
  /** Opens the stand-in: `({ options }) => openXStandIn(options)`. */
  readonly standIn: (parts: StandInParts) => Promise<StandIn | Opening>
  readonly has: Omit<PortHas[P], 'secret'>
  /** Values of settings that have no default, or that are to be other ones, by their roles. */
  readonly values?: Readonly<Record<string, string>>
  /** Is given the network before anything is joined to it, to do what it likes to its connections. */
  readonly onNetwork?: (network: MemoryNetwork) => void
}

/** The provider and its stand-in in this process, joined in memory, in virtual time. */
export function inVirtualTime<P extends Port>({
  entry,
  standIn: open,
  has,
  values: given = {},
  onNetwork,
}: ContractOptions<P>): Subject<Ports[P], PortHas[P]> {
  async function opened({ faults = [], pieceBytes }: World): Promise<Opened<Ports[P]>> {
    const time = openVirtualTime()
    const { clock, outside, network, passing } = time
    const announced = openAnnouncedCalls(clock)
    onNetwork?.(network)
    const wire = wireOf(network, pieceBytes)
    const options = {
      serve: (app: FastifyInstance) => network.serve(HOST, app),
      ...{ profile: QUICK, seed: 1, clock, faults, announced },
    }
    const speaking: Flite = {
      synthesize: (text, voice, signal) => outside.during(flite.synthesize(text, voice, signal)),
      close: async () => undefined,
    }
    const opening = await outside.during(open({ options, flite: speaking, clock, announced, outside }))
    const { standIn, local = { ears: undefined, voice: undefined } } =
      'standIn' in opening ? opening : { standIn: opening }
    const values = Object.fromEntries(
      Object.entries(entry.settings).map(([role, spec]) => [role, given[role] ?? settingOf(spec, standIn.url)]),
    )
    const parts: SpeechParts = { clock, network, voiceActivity: loudnessDetector, local }
    const provider = await outside.during(entry.load().then(load => load(values as never, parts as PartsOf<P>)))
    return {
      ...{ provider, clock, passing },
      setFaults: standIn.faults.set,
      faultsLeft: () => standIn.faults.left().length,
      busy: () => network.connections() + clock.sleepers,
      announce: announced.announce,
      ...(!('local' in opening) && wire),
      async close() {
        try {
          await passing(Promise.all([provider.close?.(), standIn.close()]))
        } finally {
          time.close()
        }
      },
    }
  }
  return { has: { ...has, secret: SECRET } as PortHas[P], open: opened }
}

/** A key, the stand-in's address with the path of the real one, or the default. */
function settingOf(spec: SettingSpec, url: string): string | undefined {
  switch (spec.kind) {
    case 'secret':
      return SECRET
    case 'url':
      return `${url}${new URL(spec.default).pathname.replace(/\/$/, '')}`
    case 'text':
      return spec.default
  }
}
