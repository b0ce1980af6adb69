import { Argument, Command, InvalidArgumentError, Option } from '@commander-js/extra-typings'
import { HOW_PRICED } from '../spending/other-prices.ts'
import { BYS } from '../spending/sums.ts'

const NUMBER = /^[1-9]\d{0,5}$/

/** What `command` says before its options. */
const examples = (...lines: readonly string[]): string => `\nExamples:\n${lines.map(line => `  ${line}`).join('\n')}\n`

const exit = (code: number): void => {
  process.exitCode = code
}

/** Definitions alone: what a command runs is loaded when it is run. Each does what the npm script of its name does. */
export const callCommand = () =>
  new Command('call')
    .summary('rings a running server, as Twilio does')
    .description("Rings a running server as Twilio does, and plays the caller's side of the call.")
    .argument('[played...]', 'a recorded caller, or WAV files, each with its words in a .txt beside it')
    .option(
      '--text <sentence>',
      "the caller's words, spoken by --voice; may be given several times; ...words are said over the agent",
      collected,
      [],
    )
    .option('--mic', 'you speak yourself: with arecord and aplay, or with sox')
    .option('--url <url>', 'where to reach the server (default: this machine, at PORT or 8080)')
    .option('--public-url <url>', 'its PUBLIC_URL, which signatures cover (default: as --url)')
    .option('--auth-token <token>', "its TWILIO_AUTH_TOKEN (default: of the environment or .env, else the sandbox's)")
    .option('--deepgram <url>', "the stand-in Deepgram, which gets the caller's words (default: the server tells it)")
    .option(
      '--from <number>',
      "the caller's number, such as +15551234567, or anonymous (default: the recorded caller's)",
    )
    .option('--to <number>', 'the number that is rung, where agents answer numbers of their own', '+15550100000')
    .option('--out <folder>', 'where the recording is put', './data/rung')
    .option('--voice <name>', "flite's voice for --text", 'awb')
    .addOption(
      new Option('--dial <outcome>', 'how a transfer ends')
        .choices(['answered', 'no-answer', 'busy'])
        .default('no-answer' as const),
    )
    .helpOption(false)
    .option('-h, --help', 'shows this, and lists the recorded callers')
    .action(async (played, options, command) => {
      const text = options.text ?? []
      const isEmpty = played.length + text.length === 0 && !options.mic
      const { call, recordedCallers } = await import('../call.ts')
      if (!options.help && !isEmpty) return exit(await call(played, { ...options, text }))
      process.stdout.write(`${command.helpInformation()}\nRecorded callers:\n${(await recordedCallers()).join('\n')}\n`)
      exit(options.help ? 0 : 2)
    })

const collected = (value: string, before: readonly string[] = []): readonly string[] => [...before, value]

export const replayCommand = () =>
  new Command('replay')
    .summary('runs a recorded call again, exactly or with a change')
    .description(
      'Replays recorded calls through the code of today, and says where it decides otherwise. Changes nothing.\n' +
        'Exit code: 0 all came out as recorded, 1 something differs, 2 the command makes no sense.',
    )
    .argument('<calls...>', 'folders of calls such as data/calls/CALLSID, journals, or a folder of such folders')
    .option('--expect', "also checks each call's expect.json")
    .option('--json <file>', 'writes all that was found')
    .option('--junit <file>', 'writes a report for CI')
    .optionsGroup('The call is run again from its sound, and both runs are shown side by side:')
    .option('--patience-ms <n>', 'how long the agent waits after words that sound complete')
    .addOption(
      new Option('--barge-in <how>', 'what happens when the caller speaks over it').choices([
        'steady',
        'snappy',
      ] as const),
    )
    .option('--instructions <file>', 'other instructions for the model')
    .option('--model <name>', 'another model of the vendor whose key is set')
    .optionsGroup('The call becomes a fixture:')
    .option('--fixture <name>', 'shows it, with what is private replaced')
    .option('--save', 'writes it')
    .option('--names <names>', 'names that are to be replaced too, with commas')
    .addHelpText(
      'after',
      '\nA model that was never asked the same is asked now if there is a key for a real one; else the sandbox’s answers. No tool runs.\n',
    )
    .action(async (paths, options) => {
      const { replay } = await import('../replay.ts')
      exit(await replay(paths, options))
    })

export const doctorCommand = () =>
  new Command('doctor')
    .summary('looks at everything that calls need')
    .description(
      "Looks at everything that calls need: settings, keys, the way from outside, Twilio's number, disk, database, LiveKit,\n" +
        "the clock. One line each. Run it beside the server, with the server's settings.\n" +
        'Exit code: 0 all is well, 1 something is wrong, 2 the command makes no sense.',
    )
    .option('--fix', 'sets the webhooks of the Twilio number, after asking')
    .option('--yes', 'with --fix: does not ask')
    .action(async options => {
      const { doctor } = await import('../doctor/in-lines.ts')
      exit(await doctor(options))
    })

const PRICES = Object.entries(HOW_PRICED).map(([provider, how]) => `  ${`${provider}=`.padEnd(10)} ${how}`)

export const costCommand = () =>
  new Command('cost')
    .summary('adds up what calls have cost')
    .description(
      'Adds up what calls that are over have cost, by their journals, at list prices. Changes nothing.\n' +
        'Days are those of TIME_ZONE. Callers are told apart by a keyed hash of their number.',
    )
    .option('--since <time>', 'a day such as 2026-11-01, or a time such as 2026-11-01T12:00Z (default: this month)')
    .option('--until <time>', 'not included (default: now)')
    .option('--by <what>', BYS.join(', '), 'day')
    .option('--csv', 'all columns, in USD')
    .option('--what-if <price>', 'at another price, such as deepgram=0.0040; may be given several times', collected)
    .addHelpText('after', `\nPrices:\n${PRICES.join('\n')}\n`)
    .action(async options => {
      const { cost } = await import('../spending/cost.ts')
      await cost({ ...options, whatIf: options.whatIf ?? [] })
    })

export const compareCommand = () =>
  new Command('compare')
    .summary('puts the same sentences through every provider')
    .description(
      'The same sentences, questions and texts through every provider: word errors and times, and what it costs at list prices.\n' +
        "Those whose keys are set are the vendors' own and cost money. The others are stand-ins of the sandbox: their words come from\n" +
        'the script and their times from its profile, so they say nothing of the vendor. "local" is this machine.',
    )
    .addArgument(new Argument('[ports...]', 'who hears, thinks, speaks').choices(['STT', 'LLM', 'TTS'] as const))
    .option(
      '--only <names>',
      'of these providers alone, with commas',
      value => value.split(',').filter(name => name !== ''),
      [],
    )
    .option('--count <n>', 'how many sentences', whole, 6)
    .option('--json <file>', 'writes the figures')
    .option('--svg <file>', 'draws them')
    .addHelpText(
      'after',
      examples('partyline compare STT --only deepgram,local', 'partyline compare --svg compared.svg'),
    )
    .action(async (ports, options) => {
      const { compare } = await import('../compare/compare.ts')
      await compare(ports, options)
      // Vendors' libraries leave sockets behind.
      process.exit(0)
    })

function whole(value: string): number {
  if (!NUMBER.test(value)) throw new InvalidArgumentError('It must be a whole number above 0.')
  return Number(value)
}
