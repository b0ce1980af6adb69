import { readdir, readFile } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { decodeWav } from '../../audio/wav.ts'

/** The sampling rate of the telephone, and of every fixture's WAV files. */
export const LINE_RATE_HZ = 8000

/** The folder of the project's own fixtures. */
/** Those of this project, which its package has too. */
export const FIXTURES_DIR = fileURLToPath(new URL('../../../fixtures/calls/', import.meta.url))

/** The `voice` of a fixture that somebody has spoken themselves. */
export const SAVED_VOICE = 'recorded'

/** What a recorded caller says or keys, and when. */
const cue = z.strictObject({
  after: z.enum(['agent-stopped', 'agent-started', 'own-utterance', 'answered']),
  ms: z.number().min(0),
})

const word = z
  .strictObject({
    text: z.string().min(1),
    startMs: z.number().min(0),
    endMs: z.number(),
    /** Which of several people at the telephone says it, from 0. */
    speaker: z.int().min(0).max(9).optional(),
  })
  .refine(({ startMs, endMs }) => endMs >= startMs, { message: 'a word must not end before it starts' })

const spoken = z.strictObject({
  say: z.string(),
  audio: z.string().min(1),
  words: z.array(word),
  cue,
  aside: z.boolean().optional(),
})
const pressed = z.strictObject({ press: z.string().regex(/^[0-9*#]+$/, 'keys are 0-9, * and #'), cue })

const echo = z.strictObject({
  delayMs: z.number().min(0).max(1_000, 'an echo comes back within a second'),
  levelDb: z.number().min(-60).max(0, 'an echo is not louder than its sound: -60 to 0'),
})

const expectation = z.strictObject({
  callerTurns: z.array(z.string()).optional(),
  agentSays: z.array(z.string().refine(isPattern, 'not a regular expression')).optional(),
  bargeIns: z.number().int().min(0).optional(),
  tools: z.array(z.string()).optional(),
  agentSilentDuring: z.array(z.number().int().min(0)).optional(),
  answeredTurns: z.number().int().min(0).optional(),
  tasks: z.array(z.string().refine(isPattern, 'not a regular expression')).optional(),
  endedBy: z.enum(['caller', 'agent', 'transfer']).optional(),
})

const fixtureFile = z.strictObject({
  name: z.string().min(1),
  about: z.string(),
  from: z.string(),
  agent: z.enum(['task-manager', 'receptionist']).optional(),
  voice: z.string(),
  echo: echo.optional(),
  utterances: z.array(z.union([spoken, pressed])).min(1),
  hangUp: cue.extend({ withStop: z.boolean() }),
  expect: expectation,
})

/**
 * What the caller waits for. `agent-stopped`: `ms` (at least 500) of silence after a reply heard since the caller's
 * last utterance; `agent-started`: `ms` into such a reply; `own-utterance`: `ms` after the caller's last voiced sample
 * (or last key), whatever the agent does; `answered`: `ms` after the call was answered.
 */
export type Cue = z.infer<typeof cue>
/**
 * The echo of the agent's voice from a loudspeaker into the caller's microphone, `delayMs` after it was heard, at
 * `levelDb` relative to what was heard.
 */
export type EchoPath = z.infer<typeof echo>
/** What the call must show; `expectations.ts` checks each. An absent one is not checked. */
export type Expectation = z.infer<typeof expectation>
/** The JSON file of a fixture. */
export type FixtureFile = z.infer<typeof fixtureFile>

/** A word of the caller in ms from the start of the utterance's audio. */
export interface SpokenWord {
  readonly text: string
  readonly startMs: number
  readonly endMs: number
  /** Which of several people at the telephone says it, from 0. */
  readonly speaker?: number | undefined
}

/**
 * One thing the caller does: speaks or presses keys. Speech without words is a noise such as a cough, or unintelligible
 * speech.
 */
export type Utterance =
  | {
      readonly kind: 'speech'
      readonly say: string
      readonly words: readonly SpokenWord[]
      /** 8 kHz. */
      readonly pcm: Int16Array
      readonly cue: Cue
      /** It needs no answer and does not stop the agent, such as "mm-hm". Default: true for speech without words. */
      readonly aside?: boolean | undefined
    }
  | { readonly kind: 'keys'; readonly press: string; readonly cue: Cue }

/** Everything a caller needs to play its side of a call. */
export interface Script {
  readonly name: string
  readonly about: string
  readonly from: string
  /** The agent that the expectations are for; default: the receptionist. */
  readonly agent?: 'task-manager' | 'receptionist' | undefined
  readonly voice: string
  /** The echo of a speakerphone; without it there is no echo. */
  readonly echo?: EchoPath | undefined
  readonly utterances: readonly Utterance[]
  readonly hangUp: Cue & { readonly withStop: boolean }
  readonly expect: Expectation
}

/** Where calls are kept as fixtures: in the working folder, as a package's own folder is replaced with it. */
export const ownFixtures = (): string => resolve('fixtures/calls')

/** The path of each recorded caller by its name: one of the working folder stands for the project's of the same name. */
async function pathsOf(folders: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const paths = new Map<string, string>()
  for (const folder of folders)
    for (const file of await readdir(folder).catch(() => []))
      if (file.endsWith('.json')) paths.set(basename(file, '.json'), join(folder, file))
  return paths
}

/** The names of all recorded callers, and what each is about. */
export async function listFixtures(): Promise<readonly Pick<FixtureFile, 'name' | 'about'>[]> {
  const paths = [...(await pathsOf([FIXTURES_DIR, ownFixtures()]))].toSorted(([one], [other]) => (one < other ? -1 : 1))
  return Promise.all(paths.map(async ([, path]) => parseFixture(path, await readText(path))))
}

/** Loads one of them by its name, with its sound. Throws an Error that names the file when it is missing or wrong. */
export const loadNamedFixture = (name: string): Promise<Script> => fixtureIn([FIXTURES_DIR, ownFixtures()], name)

/** The same of these folders, of which the last one that has it counts. */
export async function fixtureIn(folders: readonly string[], name: string): Promise<Script> {
  return loadFixture((await pathsOf(folders)).get(name) ?? join(FIXTURES_DIR, `${name}.json`))
}

/** Reads `<dir>/<name>.json` and the WAV files it names. Throws an Error that names the file and the problem. */
export async function loadFixture(path: string): Promise<Script> {
  const file = parseFixture(path, await readText(path))
  const folder = join(dirname(path), basename(path, '.json'))
  const utterances: Utterance[] = []
  for (const [index, utterance] of file.utterances.entries()) {
    if ('press' in utterance) {
      utterances.push({ kind: 'keys', ...utterance })
      continue
    }
    const { say, audio, words, cue, aside } = utterance
    const pcm = await readLineWav(join(folder, audio))
    const lengthMs = (pcm.length * 1000) / LINE_RATE_HZ
    const beyond = words.find(word => word.endMs > lengthMs)
    if (beyond) {
      const problem = `word "${beyond.text}" ends at ${beyond.endMs} ms, after the ${Math.round(lengthMs)} ms of ${audio}`
      throw new Error(`${path}: utterances.${index}: ${problem}; run "npm run fixtures" or correct the times`)
    }
    utterances.push({ kind: 'speech', say, words, pcm, cue, aside })
  }
  return { ...file, utterances }
}

/** Parses the text of a fixture's JSON file; `path` is only for error messages. */
export function parseFixture(path: string, text: string): FixtureFile {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (cause) {
    throw new Error(`${path}: not JSON (${cause instanceof Error ? cause.message : String(cause)})`, { cause })
  }
  const parsed = fixtureFile.safeParse(json)
  if (!parsed.success) {
    const lines = parsed.error.issues.map(issue => `  ${issue.path.join('.') || '(the file)'}: ${issue.message}`)
    throw new Error(`${path}: not a fixture:\n${lines.join('\n')}`)
  }
  const name = basename(path, '.json')
  if (parsed.data.name !== name) throw new Error(`${path}: its name is "${parsed.data.name}", it must be "${name}"`)
  return parsed.data
}

function isPattern(source: string): boolean {
  try {
    return new RegExp(source, 'i') instanceof RegExp
  } catch {
    return false
  }
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    throw new Error(`${path}: no such fixture; see fixtures/calls for the names`, { cause })
  }
}

async function readLineWav(path: string): Promise<Int16Array> {
  try {
    const { pcm, rateHz, channels } = decodeWav(await readFile(path))
    if (rateHz === LINE_RATE_HZ && channels === 1) return pcm
    throw new Error(`it has ${channels} channel(s) at ${rateHz} Hz; a fixture's audio is mono at ${LINE_RATE_HZ} Hz`)
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new Error(`${path}: ${why}; "npm run fixtures" writes it again`, { cause })
  }
}
