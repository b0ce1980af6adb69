import { parseArgs } from 'node:util'
import { systemClock } from '../clock.ts'
import { LAPTOP_LIVEKIT } from '../settings/livekit.ts'
import { findLivekit, NoLivekitError, programName, thisMachine } from './program.ts'
import { freeTcpPort, freeUdpPort, isReady, LivekitStartError, startLivekitAt } from './server.ts'

const USUAL_PORT = 7_880
const WEBHOOK = 'http://127.0.0.1:8080/livekit/webhook'
const USAGE = `Starts a LiveKit server on this machine, for this machine alone. Its keys are known to everybody.

  npm run livekit
  npm run livekit -- --port 7980         another port; media takes the port two above (UDP)
  npm run livekit -- --webhook URL       where Partyline hears of events (${WEBHOOK})

It takes livekit-server from the PATH, else Docker's image, else it builds one with Go, once.`

/** The command cannot be carried out. The message is for the person who typed it. */
class CommandError extends Error {
  override readonly name = 'CommandError'
}

const print = (line: string): void => console.log(line)

/** Runs until the server ends, or until SIGINT, SIGTERM or SIGHUP end it. Resolves with the exit code. */
async function main(args: readonly string[]): Promise<number> {
  const { port, webhookUrl, help } = readArguments(args)
  if (help) {
    print(USAGE)
    return 0
  }
  const interrupted = new AbortController()
  const { signal } = interrupted
  // Again and again: npm and the terminal may both pass one Ctrl-C on.
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(name, () => interrupted.abort(new CommandError(`Ended by ${name}.`)))
  await checkPorts(port, signal)
  const program = await findLivekit(thisMachine(process.env, print), signal)
  print(`LiveKit: ${programName(program)}`)
  const { apiKey, apiSecret } = LAPTOP_LIVEKIT
  const settings = { port, udpPort: udpPortOf(port), apiKey, apiSecret, webhookUrl }
  const options = { program, env: process.env, settings, onLog: (text: string) => process.stderr.write(text) }
  const server = await startLivekitAt(options, systemClock, signal)
  print(`LiveKit is ready at ${server.url}: ${port === USUAL_PORT ? 'npm start finds it' : 'npm start wants these:'}`)
  if (port !== USUAL_PORT)
    print(`  LIVEKIT_URL=${server.url} LIVEKIT_API_KEY=${apiKey} LIVEKIT_API_SECRET=${apiSecret}`)
  print('Ctrl-C ends it.')
  const { code } = await server.ended
  print(signal.aborted ? 'LiveKit has ended.' : `LiveKit ended by itself, with code ${code}.`)
  return code ?? (signal.aborted ? 0 : 1)
}

function readArguments(args: readonly string[]) {
  const options = {
    port: { type: 'string', default: String(USUAL_PORT) },
    webhook: { type: 'string', default: WEBHOOK },
    help: { type: 'boolean', short: 'h', default: false },
  } as const
  let values: ReturnType<typeof parseArgs<{ options: typeof options }>>['values']
  try {
    values = parseArgs({ args: [...args], options }).values
  } catch (error) {
    throw new CommandError(`${error instanceof Error ? error.message : error}\n${USAGE}`)
  }
  const port = Number(values.port)
  if (!/^\d+$/.test(values.port) || port < 1 || udpPortOf(port) > 65_535)
    throw new CommandError(`--port ${values.port}: it must be a number from 1 to 65533.`)
  if (!URL.canParse(values.webhook) || !/^https?:$/.test(new URL(values.webhook).protocol))
    throw new CommandError(`--webhook ${values.webhook}: it must be a URL such as ${WEBHOOK}.`)
  return { port, webhookUrl: values.webhook, help: values.help }
}

/** 7880 and 7882 are LiveKit's own. */
const udpPortOf = (port: number): number => port + 2

/** Throws when one of the ports is in use, and says by whom as far as that can be known. */
async function checkPorts(port: number, signal: AbortSignal): Promise<void> {
  const url = `ws://127.0.0.1:${port}`
  const another = 'Give another one: npm run livekit -- --port 7980'
  if (await isTaken(freeTcpPort(port), port)) {
    if (await isReady({ ...LAPTOP_LIVEKIT, url }, signal))
      throw new CommandError(`Port ${port} is in use: a LiveKit server with the laptop's keys is already ready there.`)
    const isLivekit = await fetch(url.replace('ws', 'http'), { redirect: 'manual', signal })
      .then(async response => (await response.text()) === 'OK')
      .catch(() => false)
    const who = isLivekit ? 'a LiveKit server with other keys, it seems' : 'another program'
    throw new CommandError(`Port ${port} is in use by ${who}. ${another}`)
  }
  if (await isTaken(freeUdpPort(udpPortOf(port)), udpPortOf(port)))
    throw new CommandError(`UDP port ${udpPortOf(port)}, which is for the media, is in use. ${another}`)
}

/** Throws where the port may not be used, such as below 1024. */
async function isTaken(freePort: Promise<number>, port: number): Promise<boolean> {
  try {
    await freePort
    return false
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') return true
    throw new CommandError(`Port ${port} cannot be used: ${error instanceof Error ? error.message : error}`)
  }
}

process.exitCode = await main(process.argv.slice(2)).catch((error: unknown) => {
  const isPlain = error instanceof CommandError || error instanceof NoLivekitError || error instanceof LivekitStartError
  console.error(isPlain ? error.message : error)
  return 1
})
