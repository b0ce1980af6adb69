import { open } from 'node:fs/promises'
import { basename } from 'node:path'
import { holdMusic, levelled } from '../../audio/made-music.ts'
import { keyClicks, officeHum } from '../../audio/made-sounds.ts'
import { resample } from '../../audio/resample.ts'
import { decodeWav } from '../../audio/wav.ts'
import type { LineSounds } from '../line/background.ts'
import { type WaitingSounds, waitingSound } from './waiting-sound.ts'

const PHONE_HZ = 8_000
const LINE_RATES_HZ = [PHONE_HZ, 24_000]
const MOST_SECONDS = 60
/** A minute in stereo at 48,000 Hz, and what else a file may say of itself. */
const MOST_BYTES = 13_000_000
/** Below what counts as a voice. */
const QUIET_MUSIC_DB = -46
const MADE: Readonly<Record<string, typeof officeHum>> = {
  office: officeHum,
  typing: keyClicks,
  music: (rateHz, chance) => levelled(holdMusic(rateHz, chance), QUIET_MUSIC_DB),
}

/** Names of made sounds, or paths of files. */
export interface ChosenSounds {
  readonly background?: string
  readonly thinking?: string
  /** For callers who wait for a place. */
  readonly waiting?: string
}

/** What sounds behind an agent. */
export interface AgentSounds {
  /** As the journal names them. */
  readonly names: { readonly background?: string; readonly thinking?: string }
  /** At the rate of a line. */
  readonly at: (rateHz: number) => LineSounds
}

type Rates = ReadonlyMap<number, Int16Array>

/** The sounds of these agents, each read or made once. `chance`: of the made ones. Throws an Error where a file cannot be used. */
export async function openSounds(
  agents: readonly { readonly name: string; readonly sounds?: ChosenSounds }[],
  chance: () => () => number,
): Promise<{
  readonly behind: (agent: string) => AgentSounds | undefined
  readonly waiting: WaitingSounds
}> {
  const wanted = new Set(agents.flatMap(({ sounds }) => Object.values(sounds ?? {})))
  const made = new Map<string, Rates>()
  for (const sound of wanted) made.set(sound, await ratesOf(sound, chance))
  const byAgent = new Map(
    agents.flatMap(({ name, sounds: { waiting: _, ...behind } = {} }) =>
      Object.keys(behind).length > 0 ? [[name, soundsOf(behind, made)] as const] : [],
    ),
  )
  const waiting = new Map(
    agents.flatMap(({ name, sounds }) => {
      const pcm = made.get(sounds?.waiting ?? '')?.get(PHONE_HZ)
      return pcm ? [[name, waitingSound(pcm)] as const] : []
    }),
  )
  return {
    behind: agent => byAgent.get(agent),
    waiting: { of: agent => waiting.get(agent), all: [...waiting.values()] },
  }
}

function soundsOf(sounds: ChosenSounds, made: ReadonlyMap<string, Rates>): AgentSounds {
  const given = Object.entries(sounds).filter(([, sound]) => sound !== undefined)
  return {
    names: Object.fromEntries(given.map(([when, sound]) => [when, basename(sound)])),
    at: rateHz => Object.fromEntries(given.map(([when, sound]) => [when, made.get(sound)?.get(rateHz)])),
  }
}

async function ratesOf(sound: string, chance: () => () => number): Promise<Rates> {
  const make = MADE[sound]
  if (make) return new Map(LINE_RATES_HZ.map(rateHz => [rateHz, make(rateHz, chance())]))
  const { pcm, rateHz } = await fileOf(sound)
  return new Map(LINE_RATES_HZ.map(toHz => [toHz, resample(pcm, rateHz, toHz)]))
}

async function fileOf(path: string): Promise<{ readonly pcm: Int16Array; readonly rateHz: number }> {
  try {
    const { pcm, rateHz, channels } = decodeWav(await bytesOf(path))
    const samples = Math.floor(pcm.length / channels)
    if (samples === 0) throw new Error('it has no sound')
    if (samples > MOST_SECONDS * rateHz) throw new Error(`it is longer than ${MOST_SECONDS} s`)
    const mono = Int16Array.from({ length: samples }, (_, i) => {
      let sum = 0
      for (let channel = 0; channel < channels; channel++) sum += pcm[i * channels + channel] ?? 0
      return sum / channels
    })
    return { pcm: mono, rateHz }
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new Error(`the sound ${path} cannot be used: ${why}`, { cause })
  }
}

async function bytesOf(path: string): Promise<Uint8Array> {
  const file = await open(path)
  try {
    const { size } = await file.stat()
    if (size > MOST_BYTES) throw new Error(`it has more than ${MOST_BYTES} bytes`)
    return await file.readFile()
  } finally {
    await file.close()
  }
}
