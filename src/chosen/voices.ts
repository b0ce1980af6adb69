import { createInterface } from 'node:readline/promises'
import { parseArgs } from 'node:util'
import { systemClock as clock } from '../clock.ts'
import { readEnvFile } from '../env-file.ts'
import { ProviderError } from '../errors.ts'
import { systemNetwork as network } from '../network.ts'
import { type AnyEntry, entryOf, namesOf, type Values } from '../providers/catalogue/catalogue.ts'
import type { CloneVoice, ListVoices } from '../providers/entry.ts'
import { StartError } from '../start-error.ts'
import { namesIn, readProviders } from './providers.ts'
import { readSamples } from './voice-samples.ts'

const USAGE = `Lists the voices that a provider has for you: id, name, language, description.
  npm run voices                          of the provider that TTS names first (cartesia)
  npm run voices -- warm                  those with "warm" in what is told of them
  npm run voices -- --of elevenlabs       of another one
  npm run voices -- --of elevenlabs --clone NAME FILE…
Makes a voice of recordings of one person (one to two minutes in all; WAV, MP3, FLAC, Ogg, M4A or WebM), and prints its id. It
asks whether that person agrees; --consent says so where nobody can be asked.
Key and address are those of the provider's settings: npm run providers.
`
const LONGEST_NAME = 100

/** What was asked cannot be done as it was asked; the message is for the person. */
class CommandError extends Error {
  override readonly name = 'CommandError'
}

/** An entry of a voice. Its values were read by its own settings, so that they fit. */
type Entry = AnyEntry<'TTS'> & {
  loadVoices?(): Promise<ListVoices<Values>>
  loadCloning?(): Promise<CloneVoice<Values>>
}

interface Chosen {
  readonly name: string
  readonly entry: Entry
  readonly values: Values
}

function read() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        of: { type: 'string' },
        clone: { type: 'string' },
        consent: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    })
  } catch (error) {
    throw new CommandError(`${error instanceof Error ? error.message : error}\n${USAGE}`)
  }
}

/** The provider with the values of its settings, which must be those of an account. */
function chosen(of: string | undefined): Chosen {
  const given = Object.fromEntries(Object.entries(process.env).filter(([, value]) => value !== ''))
  const name = of ?? namesIn(given.TTS ?? 'cartesia')[0] ?? 'cartesia'
  const entry: Entry | undefined = entryOf('TTS', name)
  if (!entry) throw new CommandError(`TTS: there is no ${name}, but ${namesOf('TTS').join(', ')}`)
  const { chosen: read, problems } = readProviders({ ...given, TTS: name })
  const own = Object.values(entry.settings)
  const wrong = problems.filter(line => own.some(spec => line.startsWith(`${spec.name}:`)))
  if (wrong.length > 0) throw new CommandError(wrong.join('\n'))
  const [found] = read.TTS
  if (!found) throw new CommandError(`TTS: there is no ${name}`)
  const key = own.find(({ kind }) => kind === 'secret')
  if (found.isStoodIn && key) throw new CommandError(`${key.name} is not set: the voices are those of its account`)
  return { name, entry, values: found.values }
}

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim()

async function list({ name, entry, values }: Chosen, search: string): Promise<void> {
  const load = entry.loadVoices
  if (!load) throw new CommandError(`${entry.title} (${name}) has no list of voices.`)
  const voices = await load()
  let count = 0
  for await (const voice of voices(values, { clock, network }, search, new AbortController().signal)) {
    count++
    process.stdout.write(`${[voice.id, voice.name, voice.language, voice.description].map(oneLine).join('\t')}\n`)
  }
  if (count === 0) throw new CommandError(search === '' ? 'The account has no voices.' : `No voice has "${search}".`)
}

async function clone(
  { name, entry, values }: Chosen,
  voice: { readonly name: string; readonly files: readonly string[]; readonly consent: boolean },
): Promise<void> {
  const load = entry.loadCloning
  const able = namesOf('TTS').filter(other => (entryOf('TTS', other) as Entry | undefined)?.loadCloning)
  if (!load) throw new CommandError(`${name} makes no voice of recordings, but --of ${able.join(' or ')}`)
  const called = voice.name.trim()
  if (called === '' || called.length > LONGEST_NAME)
    throw new CommandError(`--clone: a name of 1 to ${LONGEST_NAME} letters`)
  if (voice.files.length === 0) throw new CommandError(`--clone ${called}: name the recordings after it`)
  const cloning = await load()
  const { samples, problems } = await readSamples(voice.files)
  const all = [...problems, ...cloning.problems(samples)]
  if (all.length > 0) throw new CommandError(all.join('\n'))
  if (!voice.consent && !(await agrees(entry.title)))
    throw new CommandError('Nothing was sent: without the consent of the person it is not yours to copy their voice.')
  const id = await cloning.make(values, { clock, network }, { name: called, samples }, AbortSignal.timeout(180_000))
  process.stdout.write(`${id}\n`)
  const setting = entry.settings.voiceId?.name
  if (setting) process.stderr.write(`${setting}=${id} makes it the agent's voice.\n`)
}

/** Whether the person at the terminal says that whoever speaks in the recordings agrees. */
async function agrees(title: string): Promise<boolean> {
  if (!process.stdin.isTTY)
    throw new CommandError(
      'Does the person who speaks in these recordings agree? Nobody can be asked here: --consent says yes.',
    )
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  try {
    const question = `The recordings go to ${title}, which makes a voice of them.\nIs it your own, or does the person whose it is agree to that? (yes/no) `
    return (await terminal.question(question)).trim().toLowerCase() === 'yes'
  } finally {
    terminal.close()
  }
}

async function main(): Promise<void> {
  const { values, positionals } = read()
  if (values.help) return void process.stdout.write(USAGE)
  readEnvFile()
  const provider = chosen(values.of)
  if (values.clone === undefined) return list(provider, positionals.join(' '))
  return clone(provider, { name: values.clone, files: positionals, consent: values.consent })
}

// A reader that has seen enough, such as `head`, closes the pipe.
process.stdout.once('error', () => process.exit(0))
main().catch(error => {
  if (error instanceof CommandError || error instanceof StartError) process.stderr.write(`${error.message}\n`)
  else if (error instanceof ProviderError) process.stderr.write(`${oneLine(error.message)}\n`)
  else process.stderr.write(`It cannot be done: ${error.stack ?? error}\n`)
  process.exitCode = 1
})
