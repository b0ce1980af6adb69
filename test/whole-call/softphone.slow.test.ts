import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { encodeMulaw, MULAW_SILENCE } from '../../src/audio/mulaw.ts'
import { SANDBOX_AUTH_TOKEN } from '../../src/config.ts'
import { loadFixture, loadNamedFixture, type Script } from '../../src/sandbox/caller/fixture.ts'
import { announceUtterance } from '../../src/sandbox/deepgram/announce.ts'
import type { ToPage } from '../../src/sandbox/softphone/messages.ts'
import { softphone } from '../../src/sandbox/softphone/softphone.ts'
import { openTwilioStandIn } from '../../src/sandbox/twilio/stand-in.ts'
import { openPage, type Page } from '../sandbox/softphone/page.ts'
import { openWholeCalls, type WholeCalls } from './whole-calls.ts'

const NUMBER = '+15550100042'
const SLOT_MS = 20
const never = new AbortController().signal

/** The real server with a softphone that rings it, and a page at it. */
async function opened(agent = 'task-manager') {
  const all = await openWholeCalls({ env: { AGENT: agent, RECORDING: 'off' } })
  const { clock, network, ticker, url, passing } = all
  const fixturesFolder = join(tmpdir(), `partyline-fixtures-${process.pid}-${all.dataDir.split('-').at(-1)}`)
  const accountSid = `AC${'0'.repeat(32)}`
  let seed = 0
  const standIn = await openTwilioStandIn({
    serve: app => network.serve('127.0.0.1', app),
    ...{ accountSid, authToken: SANDBOX_AUTH_TOKEN, ticker, network },
    routes: (app, keep, signal) =>
      softphone(
        app,
        {
          ...{ clock, ticker, network, keep, accountSid, fixturesFolder, nextSeed: () => ++seed },
          rungAt: () => ({ url, publicUrl: url, authToken: SANDBOX_AUTH_TOKEN }),
          pageFolder: fixturesFolder,
        },
        signal,
      ),
  })
  onTestFinished(async () => {
    await passing(standIn.close())
    await all.close()
    await rm(fixturesFolder, { recursive: true, force: true })
  })
  const openedPage = (autoPong = true) => passing(openPage('http://127.0.0.1', { agent: network.agent, autoPong }))
  return { all, openedPage, page: await openedPage(), fixturesFolder }
}

/** A microphone: what is said, and otherwise the room's silence, 20 ms at a time. */
function microphone({ clock }: WholeCalls, page: Page) {
  const over = new AbortController()
  let sound: Uint8Array = new Uint8Array()
  async function run(): Promise<void> {
    for (;;) {
      const frame = new Uint8Array(160).fill(MULAW_SILENCE)
      frame.set(sound.subarray(0, 160))
      sound = sound.subarray(160)
      page.speak(frame)
      await clock.sleep(SLOT_MS, over.signal)
    }
  }
  run().catch(() => undefined)
  return {
    say: (pcm: Int16Array) => {
      sound = encodeMulaw(pcm)
    },
    off: () => over.abort(),
  }
}

function speechOf(script: Script, index: number) {
  const utterance = script.utterances[index]
  if (utterance?.kind !== 'speech') throw new Error(`${script.name}: utterance ${index} is not spoken`)
  return utterance
}
type ToldOf = Extract<ToPage, { kind: 'told' }>['told']
const toldKinds = (page: Page): readonly ToldOf[] =>
  page.messages.flatMap(message => (message.kind === 'told' ? [message.told] : []))

/** Rings, waits for the greeting's end, says the first utterances of the recorded caller, each when the last was answered. */
async function held(all: WholeCalls, page: Page, script: Script, count: number) {
  page.say({ kind: 'call', from: NUMBER })
  const { callSid } = await page.told('ringing')
  await page.told('answered')
  const mic = microphone(all, page)
  const replies = (): number => toldKinds(page).filter(({ kind }) => kind === 'agent').length
  for (let index = 0; index < count; index++) {
    await page.told('told', () => replies() > index)
    const utterance = speechOf(script, index)
    await announceUtterance(all.standIns.deepgram.url, callSid, utterance, all.network, never)
    mic.say(utterance.pcm)
  }
  await page.told('told', () => replies() > count)
  return { callSid, mic }
}

test('a call by softphone is told as it goes: words of both, latency, tools, tasks; then it is kept, and loads as a fixture', async () => {
  const { all, page, fixturesFolder } = await opened()
  const script = await loadNamedFixture('tasks')
  const said = [0, 1].map(index => speechOf(script, index).say)
  const ended = await all.passing(
    (async () => {
      expect(await page.told('server')).toMatchObject({ ready: true, follows: true })
      const { mic } = await held(all, page, script, 2)
      page.say({ kind: 'hang-up' })
      mic.off()
      return page.told('ended')
    })(),
  )
  const told = toldKinds(page)
  expect(told.flatMap(one => (one.kind === 'caller' ? [one.text] : []))).toEqual(said)
  expect(told.flatMap(one => (one.kind === 'tool' ? [one.name] : []))).toEqual(['list_tasks', 'create_task'])
  const answers = told.flatMap(one => (one.kind === 'agent' && one.latency ? [one.latency.totalMs] : []))
  expect(answers).toHaveLength(2)
  expect(ended.utterances.map(({ say }) => say)).toEqual(said)
  // What the carrier heard is what the server says, to a slot of the line.
  expect(ended.figures.answersMs).toHaveLength(2)
  for (const [i, ms] of ended.figures.answersMs.entries()) expect(Math.abs(ms - (answers[i] ?? 0))).toBeLessThan(150)
  expect(ended.figures).toMatchObject({ unanswered: 0, underruns: 0, microphone: { missing: 0 }, warnings: [] })
  const tasks = page.messages.flatMap(message => (message.kind === 'tasks' ? [message.tasks] : []))
  expect(tasks).toEqual([
    [],
    [{ title: 'review the quarterly report', due: expect.stringContaining('Friday'), status: 'pending' }],
  ])

  const corrected = `${said[0]} please`
  page.say({ kind: 'save', name: 'my-call', utterances: [{ index: 0, say: corrected }] })
  const { path } = await all.passing(page.told('saved'))
  expect(path).toBe(join(fixturesFolder, 'my-call.json'))
  const kept = await loadFixture(path)
  expect(kept.expect).toMatchObject({ callerTurns: [corrected, said[1]], tools: ['list_tasks', 'create_task'] })
  page.say({ kind: 'save', name: 'my-call', utterances: [] })
  const refused = await all.passing(page.told('refused'))
  expect(refused).toMatchObject({ what: 'save', why: 'there is a fixture "my-call" already: give it another name' })
})

test('a page that is gone in the middle of a call: the server is told so, and nothing waits, listens or is open any more', async () => {
  const { all, openedPage } = await opened()
  const script = await loadNamedFixture('tasks')

  /** What is left when such a call is over. */
  async function left() {
    const page = await openedPage()
    const { mic } = await all.passing(held(all, page, script, 1))
    mic.off()
    page.break()
    await all.passing(all.partyline.calls.empty(never))
    await all.passing(all.partyline.recordsSealed())
    await all.passing(all.clock.sleep(20_000, never))
    // Some of what the server does again and again may be at it just now.
    let sleepers = all.clock.sleepers
    for (let look = 0; look < 10; look++) {
      await all.passing(all.clock.sleep(700, never))
      sleepers = Math.min(sleepers, all.clock.sleepers)
    }
    return { sleepers, connections: all.network.connections() }
  }
  const first = await left()
  expect(await left()).toEqual(first)
  expect(await left()).toEqual(first)
})

test('on hold the line carries its own noise, and the call goes on; the key that is pressed meanwhile is heard', async () => {
  const { all, page } = await opened('receptionist')
  const script = await loadNamedFixture('plain')
  const { ended, callSid } = await all.passing(
    (async () => {
      const { mic, callSid } = await held(all, page, script, 1)
      // The page sends nothing at all.
      mic.off()
      await all.clock.sleep(5_000, never)
      page.say({ kind: 'key', key: '4' })
      await page.told('told', ({ told }) => told.kind === 'caller' && told.text === 'pressed 4')
      page.say({ kind: 'hang-up' })
      return { ended: await page.told('ended'), callSid }
    })(),
  )
  expect(callSid).toMatch(/^CA/)
  expect(ended.figures.microphone).toEqual({ missing: 0, leftOut: 0, putIn: 0 })
  expect(toldKinds(page).some(one => one.kind === 'trouble')).toBe(false)
  // A receptionist keeps no tasks.
  expect(page.messages.some(({ kind }) => kind === 'tasks')).toBe(false)
})

test('a page that does not answer any more, such as of a machine that sleeps, is let go of, and its call hung up', async () => {
  const { all, openedPage } = await opened('receptionist')
  const page = await openedPage(false)
  const gone = await all.passing(
    (async () => {
      await page.told('server')
      page.say({ kind: 'call', from: NUMBER })
      await page.told('answered')
      return page.closed
    })(),
  )
  expect(gone.code).toBe(1006)
  await all.passing(all.partyline.calls.empty(never))
})

test('tasks are told of to this machine’s own pages alone', async () => {
  const { all } = await opened()
  const ask = async (url: string, host = 'localhost:8080') => {
    const { statusCode, json } = await all.passing(all.partyline.app.inject({ url, headers: { host } }))
    return [statusCode, json()]
  }
  expect(await ask(`/sandbox/tasks?owner=${encodeURIComponent(NUMBER)}`)).toEqual([200, { tasks: [] }])
  expect(await ask(`/sandbox/tasks?owner=CA${'0'.repeat(32)}`)).toEqual([200, { tasks: [] }])
  for (const query of ['', '?owner=', '?owner=browser-1', '?owner=%2B1&owner=%2B2'])
    expect(await ask(`/sandbox/tasks${query}`)).toMatchObject([
      400,
      { error: expect.stringContaining('owner: must be') },
    ])
  expect(await ask(`/sandbox/tasks?owner=${encodeURIComponent(NUMBER)}`, 'evil.example:8080')).toMatchObject([403, {}])
})
