import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import packageJson from '../../package.json' with { type: 'json' }
import { systemClock as clock } from '../../src/clock.ts'
import { within } from '../../src/conversation/scope.ts'
import { startSandbox } from '../../src/sandbox/process.ts'
import { type Container, type Image, type ImageConfig, output, type RunOptions, startContainer } from './container.ts'
import { billOf, bytesOf, filesBelow, nativesIn, packagesIn } from './contents.ts'
import { nameOf, wrongLicences } from './licences.ts'

/**
 * What `.ci/image` asks of the image that it built: what is in it, and that it answers a call when it is run as strictly as
 * in a cluster. Ends with 1 at the first thing that does not hold.
 */

const { values } = parseArgs({
  options: {
    /** The files of the image, of the one with the sandbox, of their base, and of the application for arm64. */
    root: { type: 'string', default: '' },
    sandbox: { type: 'string', default: '' },
    base: { type: 'string', default: '' },
    arm64: { type: 'string', default: '' },
    /** What `buildah inspect --type image` says. */
    inspect: { type: 'string', default: '' },
    revision: { type: 'string', default: '' },
  },
})
const MOST_BYTES = 300e6
const SECRET = 'a-secret-of-this-test-with-more-than-32-letters'
const PUBLIC_URL = 'https://voice.example.com'
const CALLER = 'corrects'
const signal = new AbortController().signal

const config: ImageConfig = JSON.parse(await readFile(values.inspect, 'utf8')).Docker.config
const image: Image = { root: values.root, config }
const app = join(values.root, 'app')
const started: Container[] = []
const folder = await mkdtemp(join(tmpdir(), 'partyline-image-'))
/** Starts one that ends with this program at the latest. */
async function start(options: RunOptions): Promise<Container> {
  const container = await startContainer(image, options)
  started.push(container)
  return container
}

async function step(what: string, check: () => Promise<string | undefined>): Promise<void> {
  const startedMs = clock.now()
  const found = await check()
  console.log(`  ${what}: ok${found ? `, ${found}` : ''} (${((clock.now() - startedMs) / 1_000).toFixed(1)} s)`)
}

async function checkConfig(): Promise<undefined> {
  assert.match(config.User, /^[1-9]\d*:[1-9]\d*$/, 'a user that a cluster can tell from root')
  assert.deepEqual(config.Entrypoint, ['/usr/bin/tini', '--'])
  assert.equal(config.Cmd[0], 'node')
  // As `npm start`, but for the folder of fixtures.
  assert.equal(config.Cmd.slice(0, -2).join(' '), packageJson.scripts.start)
  assert.deepEqual(Object.keys(config.Volumes), ['/data'])
  assert.deepEqual(config.Healthcheck.Test, ['CMD', 'node', 'src/health-check/command.ts'])
  const labels = Object.fromEntries(
    Object.entries(config.Labels).map(([name, value]) => [name.replace('org.opencontainers.image.', ''), value]),
  )
  assert.equal(labels.licenses, packageJson.license)
  assert.equal(labels.version, packageJson.version, 'the version in the Dockerfile')
  assert.equal(labels.revision, values.revision)
  for (const name of ['title', 'description', 'base.name']) assert.ok(labels[name], `the label ${name}`)
  assert.doesNotMatch(config.Env.join('\n'), /KEY|TOKEN|SECRET|PASSWORD|npm_config/i)
}

async function checkContents(): Promise<string> {
  const files = await filesBelow(app)
  const ours = files.filter(path => !path.startsWith('node_modules/'))
  assert.deepEqual(
    ours.filter(path => /(?:^|\/)\.|^test\/|\.(?:test|slow)\.ts$|^src\/web\/|\.(?:log|tsx)$/.test(path)),
    [],
    'no hidden, test or page sources',
  )
  for (const path of ['dist/web/index.html', 'dist/web/staff.html', 'LICENSE', 'twiml/answer.xml'])
    assert.ok(files.includes(path), `${path} is there`)
  const packages = await packagesIn(app)
  const names = new Set([...packages].map(each => each.slice(0, each.lastIndexOf('@'))))
  const unwanted = [
    ...Object.keys(packageJson.devDependencies),
    ...Object.keys(packageJson.optionalDependencies),
    ...['tesseract-wasm', '@tesseract.js-data/eng'],
  ]
  assert.deepEqual(
    unwanted.filter(name => names.has(name)),
    [],
    'no packages of development or of the sandbox alone',
  )
  const components = await billOf(app)
  assert.deepEqual(wrongLicences(components), [], 'each package may be handed on by its licence')
  const billed = new Set(components.map(each => `${nameOf(each)}@${each.version}`))
  assert.deepEqual([...billed].toSorted(), [...packages].toSorted(), 'the bill of materials names what is there')
  for (const path of ['root/.npm', 'root/.npmrc', 'app/.npmrc'])
    await assert.rejects(stat(join(values.root, path)), `${path} is not there`)
  // LiveKit's client is native and trusts only these. The base has none.
  assert.match(await readFile(join(values.root, 'etc/ssl/certs/ca-certificates.crt'), 'utf8'), /BEGIN CERTIFICATE/)
  const bytes = (await bytesOf(values.root)) - (await bytesOf(values.base))
  assert.ok(bytes < MOST_BYTES, `${bytes} bytes above its base`)
  return `${(bytes / 1e6).toFixed(0)} MB above its base, ${packages.size} packages`
}

async function checkNatives(): Promise<string> {
  const here = await nativesIn(app)
  const there = await nativesIn(values.arm64)
  assert.deepEqual([...new Set(here.values())], [process.arch], 'libraries for this machine alone')
  assert.deepEqual([...new Set(there.values())], ['arm64'], 'libraries for arm64 alone')
  const bare = (natives: ReadonlyMap<string, string>): readonly string[] =>
    [...natives.keys()].map(path => path.replaceAll(/x64|arm64/g, 'ARCH')).toSorted()
  assert.deepEqual(bare(there), bare(here), 'arm64 has each of them')
  return `${here.size} each`
}

/** A Node that ends at once and leaves a child, which then ends too. */
const ORPHAN = `require('node:child_process').spawn(process.execPath, ['-e', ''], { detached: true, stdio: 'ignore' }).unref()`

async function checkFirstProcess(): Promise<undefined> {
  const idle = ['node', '-e', 'setInterval(() => undefined, 1_000)']
  const container = await start({ args: idle, volume: join(folder, 'idle') })
  await until('the container runs', async () => (await container.processes().catch(() => [])).length > 1)
  const shell = await container.run(['sh', '-c', 'true'])
  assert.notEqual(shell.code, 0, 'shells are hidden')
  const orphan = await container.run(['node', '-e', ORPHAN])
  assert.equal(orphan.code, 0, orphan.output)
  await until('the orphan is buried', async () => (await container.processes()).length === 2)
  const write = await container.run(['node', '-e', `require('node:fs').writeFileSync('/app/x', '')`])
  assert.match(write.output, /EROFS/, 'the root cannot be written')
  // Nobody in it listens for the signal: as PID 1, Node would go on.
  await container.kill('SIGTERM')
  assert.equal((await soon(container)).code, 143)
  return undefined
}

/** They need no more than is there: LiveKit's is loaded at the first room, and the other at the first screen. */
const NATIVES = `await import('@livekit/rtc-node'); await import('@napi-rs/image'); process.exit(0)`

/** What is run beside the server, or in its place. Each says how it is used, or what it misses. */
async function checkCommands(): Promise<undefined> {
  const asked = [
    ['call', /recorded caller/i],
    ['replay', /replay/],
    ['pin', /pin -- /],
  ] as const
  for (const [command, says] of asked) {
    const { output: said } = await (
      await start({ args: ['node', 'src/command/partyline.ts', command, '--help'], volume: join(folder, 'commands') })
    ).ended
    assert.match(said, says)
  }
  // As the chart's job does, with nothing but the database.
  const migrate = { args: ['node', 'src/migrate/command.ts'], env: { DATABASE_URL: 'sqlite:/data/migrated.sqlite' } }
  const migrated = await (await start({ ...migrate, volume: join(folder, 'commands') })).ended
  assert.match(migrated.output, /^Made: /m)
  const natives = ['node', '--input-type=module', '-e', NATIVES]
  assert.deepEqual(await (await start({ args: natives, volume: join(folder, 'commands') })).ended, {
    code: 0,
    output: '',
  })
  const without = await (await start({ volume: join(folder, 'commands') })).ended
  assert.equal(without.code, 1)
  assert.match(without.output, /^TWILIO_AUTH_TOKEN: is missing/m)
  return undefined
}

async function checkSandbox(): Promise<undefined> {
  const args = ['node', 'src/sandbox/main.ts', '--port', '0']
  // It ends with its input, of which it has none.
  const container = await startContainer({ ...image, root: values.sandbox }, { args, volume: join(folder, 'sandbox') })
  const { code, output: said } = await soon(container)
  assert.equal(code, 0, said)
  assert.match(said, /"geminiUrl":"http/)
  return undefined
}

async function checkCall(): Promise<string> {
  const sandbox = await startSandbox({ port: 0, profile: 'fast' }, signal)
  const port = await freePort()
  const env = {
    ...{ PORT: String(port), HOST: '127.0.0.1', PUBLIC_URL, TWILIO_AUTH_TOKEN: SECRET, RECORDS_SECRET: SECRET },
    ...{ DEEPGRAM_API_KEY: 'sandbox', DEEPGRAM_BASE_URL: sandbox.deepgramUrl },
    ...{ OPENAI_API_KEY: 'sandbox', OPENAI_BASE_URL: sandbox.openaiUrl },
    ...{ CARTESIA_API_KEY: 'sandbox', CARTESIA_BASE_URL: sandbox.cartesiaUrl },
    ...{ RECORDING: 'on', TIME_ZONE: 'UTC' },
  }
  const volume = join(folder, 'data')
  const health = async () => {
    const args = config.Healthcheck.Test.slice(1)
    return (await start({ env, args, volume: join(folder, 'health'), isBare: true })).ended
  }
  const before = await health()
  assert.equal(before.code, 1, before.output)
  assert.match(before.output, /does not answer/)
  const container = await start({ env, volume })
  try {
    const url = `http://127.0.0.1:${port}`
    await until(
      'the server is ready',
      async () => (await fetch(`${url}/readyz`).catch(() => undefined))?.ok === true,
      container,
    )
    const during = await health()
    assert.deepEqual(during, { code: 0, output: '' })
    const page = await fetch(url)
    assert.match(await page.text(), /<script type="module"/)
    const told = ['--url', url, '--public-url', PUBLIC_URL, '--deepgram', sandbox.deepgramUrl, '--auth-token', SECRET]
    const call = output(process.execPath, [
      'src/command/partyline.ts',
      'call',
      CALLER,
      ...told,
      '--out',
      join(folder, 'rung'),
    ])
    await until('the call is answered', async () => call.soFar().includes('the stream is open'), container)
    // From here on it takes no calls; the one that it has goes on to its end.
    await container.kill('SIGTERM')
    const rung = await call.ended
    assert.equal(rung.code, 0, `the call: ${rung.output}\n${container.output()}`)
    const ended = await soon(container)
    assert.equal(ended.code, 0, ended.output)
    assert.match(ended.output, /"waiting|waiting for the live ones/)
    const after = await health()
    assert.equal(after.code, 1, after.output)
    const kept = await filesBelow(join(volume, 'calls'))
    assert.ok(
      kept.some(path => path.endsWith('sealed.json')),
      `the call is kept: ${kept}`,
    )
    const { uid, mode } = await stat(join(volume, 'partyline.sqlite'))
    assert.deepEqual({ uid, mode: mode & 0o777 }, { uid: Number.parseInt(config.User, 10), mode: 0o600 })
    return 'SIGTERM in the middle of it, and it went on to its end'
  } finally {
    await sandbox.close()
  }
}

const MOST_WAIT_MS = 60_000

async function until(what: string, isSo: () => Promise<boolean>, container?: Container): Promise<void> {
  const untilMs = clock.now() + MOST_WAIT_MS
  while (!(await isSo())) {
    if (clock.now() > untilMs) throw new Error(`${what}: not within a minute\n${container?.output() ?? ''}`)
    await clock.sleep(100, signal)
  }
}

/** The container's end, which must come within a minute. */
const soon = ({ ended }: Container) => within(MOST_WAIT_MS, 'the end of the container', clock, () => ended, signal)

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise(resolve => server.once('listening', resolve))
  const address = server.address()
  await new Promise(resolve => server.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('no port is free')
  return address.port
}

try {
  await step('its configuration', checkConfig)
  await step('what is in it', checkContents)
  await step('its native libraries, for arm64 too', checkNatives)
  await step('PID 1', checkFirstProcess)
  await step('commands in it', checkCommands)
  await step('the sandbox', checkSandbox)
  await step('a call', checkCall)
} finally {
  // Those that have ended cannot be killed.
  await Promise.all(started.map(each => each.kill('SIGKILL').catch(() => undefined)))
  await rm(folder, { recursive: true })
}
