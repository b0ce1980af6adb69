import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { isVoicedMulaw } from '../../src/sandbox/ringing/mulaw-loudness.ts'
import { mulaw, tone } from '../sandbox/caller/sounds.ts'
import { AUTH_TOKEN, openFakeApplication, PUBLIC_URL } from '../sandbox/twilio/fake-application.ts'
import { memoryNetwork } from '../whole-call/memory-network.ts'

const PARTYLINE = fileURLToPath(new URL('../../src/command/partyline.ts', import.meta.url))
const STREAM = '<Response><Connect><Stream url="wss://agent.example.com/calls/stream"/></Connect></Response>'

/** Notes when it begins and ends; a terminal's Ctrl-C would reach it as it reaches the call. */
const NOTES = `
const { appendFileSync } = require('node:fs')
const note = what => appendFileSync(process.env.NOTES, NAME + ' ' + what + '\\n')
note('begins ' + process.argv.slice(2).join(' '))
process.on('exit', () => note('ends'))
process.on('SIGTERM', () => process.exit(0))
process.on('SIGINT', () => undefined)`
/** A microphone into which somebody hums as soon as they hear something: the application falls silent at the first hum. */
const ARECORD = `const NAME = 'arecord'${NOTES}
const { existsSync, readFileSync } = require('node:fs')
const raw = process.env.NOTES + '.raw'
const silence = new Int16Array(160)
const hum = Int16Array.from({ length: 160 }, (_, i) => 8000 * Math.cos(i * Math.PI / 10))
let hears = false
setInterval(() => {
  hears ||= existsSync(raw) && readFileSync(raw).some(byte => byte !== 0)
  process.stdout.write(Buffer.from((hears ? hum : silence).buffer))
}, 20)`
const APLAY = `const NAME = 'aplay'${NOTES}
process.stdin.on('data', data => appendFileSync(process.env.NOTES + '.raw', data))`
/** No longer there as soon as its file is. */
const UNPLUGGED = `${ARECORD}
setInterval(() => {
  if (!existsSync(process.env.NOTES + '.unplugged')) return
  console.error('arecord: read error: No such device')
  process.exit(1)
}, 20)`
const NO_CARD = `console.error('arecord: main:831: audio open error: No such file or directory'); process.exit(1)`

/** A server at a port, and the call that rings it from a machine with these programs alone. */
async function talking(programs: Readonly<Record<string, string>>) {
  const folder = await mkdtemp(join(tmpdir(), 'partyline-mic-'))
  const bin = join(folder, 'bin')
  await mkdir(bin)
  for (const [name, code] of Object.entries(programs)) {
    await writeFile(join(bin, name), `#!${process.execPath}\n${code}\n`)
    await chmod(join(bin, name), 0o755)
  }
  const server = Promise.withResolvers<Server>()
  const onPort = {
    ...memoryNetwork(),
    join: (_host: string, http: Server) => {
      server.resolve(http)
      return ''
    },
  }
  // Longer than the slowest machine takes to start the programs.
  const application = openFakeApplication({ twiml: { '/calls/answer': STREAM }, greeting: mulaw(tone(60_000)) }, onPort)
  const http = await server.promise
  await once(http.listen(0, '127.0.0.1'), 'listening')
  const { port } = http.address() as AddressInfo
  const notes = join(folder, 'notes')
  const args = ['--mic', '--url', `http://127.0.0.1:${port}`, '--public-url', PUBLIC_URL, '--auth-token', AUTH_TOKEN]
  const child = spawn(process.execPath, [PARTYLINE, 'call', ...args, '--out', join(folder, 'out')], {
    cwd: folder,
    env: { PATH: bin, NOTES: notes, DATA_DIR: folder, NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE },
  })
  let said = ''
  for (const output of [child.stdout, child.stderr])
    output.on('data', data => {
      said += data
    })
  const ended = once(child, 'close').then(([code]) => code as number | null)
  onTestFinished(async () => {
    child.kill('SIGKILL')
    http.closeAllConnections()
    http.close()
    await rm(folder, { recursive: true })
  })
  const noted = () => readFile(notes, 'utf8').catch(() => '')
  const isHeard = (): boolean =>
    application.messages.some(({ media }) => media && isVoicedMulaw(Buffer.from(media.payload, 'base64')))
  const unplug = () => writeFile(`${notes}.unplugged`, '')
  return { application, child, ended, noted, unplug, isHeard, said: () => said, played: () => readFile(`${notes}.raw`) }
}

test('somebody talks, presses a key and hangs up: the programs have the sound of both, and end with the call', async () => {
  const call = await talking({ arecord: ARECORD, aplay: APLAY })
  await expect.poll(call.isHeard, { timeout: 60_000 }).toBe(true)
  call.child.stdin.write('5')
  await expect
    .poll(() => call.application.messages.some(({ event }) => event === 'dtmf'), { timeout: 10_000 })
    .toBe(true)
  const isPlayed = async (): Promise<boolean> => (await call.played().catch(() => Buffer.of())).some(byte => byte !== 0)
  await expect.poll(isPlayed, { timeout: 60_000 }).toBe(true)
  call.child.stdin.write('q')
  expect(await call.ended).toBe(0)
  expect(call.said()).toMatch(
    /Microphone: arecord\. Loudspeaker: aplay\. Use headphones[\s\S]*\(presses 5\)[\s\S]*hung up[\s\S]*Recorded as the carrier heard it: .*talk\.wav/,
  )
  expect(call.application.messages.at(-1)?.event).toBe('stop')
  const notes = await call.noted()
  for (const line of [
    'arecord begins -q -t raw -f S16_LE -r 8000 -c 1',
    'arecord ends',
    'aplay begins -q -t raw',
    'aplay ends',
  ])
    expect(notes).toContain(line)
})

test('Ctrl-C hangs up, and no program stays behind', async () => {
  const call = await talking({ arecord: ARECORD, aplay: APLAY })
  await expect.poll(call.isHeard, { timeout: 60_000 }).toBe(true)
  call.child.kill('SIGINT')
  await call.ended
  expect(call.application.messages.at(-1)?.event).toBe('stop')
  expect(await call.noted()).toMatch(/arecord ends[\s\S]*aplay ends|aplay ends[\s\S]*arecord ends/)
})

test('a microphone that is unplugged in the call: it is hung up, with the words of the program', async () => {
  const call = await talking({ arecord: UNPLUGGED, aplay: APLAY })
  await expect.poll(call.isHeard, { timeout: 60_000 }).toBe(true)
  await call.unplug()
  expect(await call.ended).toBe(1)
  expect(call.said()).toContain('problem: arecord cannot record any more')
  expect(call.said()).toContain('arecord cannot record any more: arecord: read error: No such device.')
  expect(call.said()).toContain('the sound is gone')
  expect(call.application.messages.at(-1)?.event).toBe('stop')
})

test('a machine without a sound card, or without the programs, does not ring at all', async () => {
  const noCard = await talking({ arecord: NO_CARD, aplay: APLAY })
  expect(await noCard.ended).toBe(1)
  expect(noCard.said()).toMatch(/arecord cannot record any more: .*audio open error.*Is there a sound card\?/)
  const nothing = await talking({})
  expect(await nothing.ended).toBe(1)
  expect(nothing.said()).toContain('No program here records sound: install arecord (alsa-utils) or rec (sox).')
  const deaf = await talking({ arecord: ARECORD })
  expect(await deaf.ended).toBe(1)
  expect(deaf.said()).toContain('No program here plays sound: install aplay (alsa-utils) or play (sox).')
  for (const { application } of [noCard, nothing, deaf])
    expect(application.posts.filter(({ path }) => path === '/calls/answer')).toEqual([])
})
