import { getEventListeners } from 'node:events'
import { expect, test } from 'vitest'
import { ProviderError } from '../../src/errors.ts'
import { frameOf, openedScreen } from './opened-screen.ts'

const forever = (): AbortSignal => new AbortController().signal
const failure = new ProviderError('Gemini', '503 overloaded', { retryable: true })

test('before the consent no frame is looked at, and none is kept', async () => {
  const { screen, show, pass, sight, encoded } = openedScreen()
  show(1)
  await pass(20_000)
  expect(await screen.look(undefined, forever())).toEqual({ kind: 'blind', why: 'off' })
  screen.consent(true)
  const looked = screen.look(undefined, forever())
  await pass(5_000)
  expect(await looked).toEqual({ kind: 'blind', why: 'no-picture' })
  expect([sight.looks, encoded, screen.context()]).toEqual([[], [], undefined])
})

test('the first frame of all is waited for longer than one of now', async () => {
  const { screen, show, pass } = openedScreen()
  screen.consent(true)
  const looked = screen.look(undefined, forever())
  await pass(4_900)
  show(1)
  await pass(2_000)
  expect(await looked).toMatchObject({ kind: 'seen', text: 'An e-mail.' })
})

test('the first frame after the consent is described, and is the context with its time', async () => {
  const { screen, show, pass, sight, notes } = openedScreen()
  screen.consent(true)
  show(1)
  expect(screen.context()).toBeUndefined()
  await pass(1_000)
  // The fake wall clock is 09:00:05 in UTC, and Berlin is an hour ahead.
  expect(screen.context()).toEqual({ text: 'An e-mail.', at: '10:00:05' })
  expect(sight.looks).toHaveLength(1)
  expect(notes('screen')).toEqual([{ kind: 'screen', state: 'watching', consent: true, sentTo: 'Google' }])
  expect(notes('screen-look')).toEqual([
    {
      ...{ kind: 'screen-look', why: 'changed', takenAt: '2025-01-15T09:00:05.000Z', width: 1_280, height: 720 },
      ...{ jpegBytes: 1, tookMs: 1_000, text: 'An e-mail.' },
    },
  ])
})

test('one frame a second is looked at, the others are dropped', async () => {
  const { screen, clock, pass, encoded } = openedScreen()
  screen.consent(true)
  const frames = Array.from({ length: 31 }, (_, at) => frameOf(at % 7))
  for (const frame of frames) {
    screen.frame(frame, clock.now())
    await pass(100)
  }
  const looked = screen.look('all', forever())
  await pass(1_000)
  expect(await looked).toMatchObject({ kind: 'seen' })
  // The first frame was described by itself, and the last that was taken is that of 3.0 s.
  expect(encoded).toEqual([frames[0], frames[30]])
})

test('only a picture that is very different is described by itself, and at most every 10 s', async () => {
  const { screen, clock, show, pass, sight } = openedScreen()
  screen.consent(true)
  const beganMs = clock.now()
  for (let second = 0; second < 60; second++) {
    // For 20 s nothing changes, then everything each second.
    show(second < 20 ? 1 : 2 + (second % 7))
    await pass(1_000)
  }
  expect(sight.looks.map(({ atMs }) => atMs - beganMs)).toEqual([0, 20_000, 30_000, 40_000, 50_000, 60_000])
})

test('a cursor, a clock and the noise of the video change nothing', async () => {
  const { screen, clock, show, pass, sight } = openedScreen()
  screen.consent(true)
  show(1)
  await pass(20_000)
  const other = frameOf(1)
  for (let at = 0; at < other.data.length; at++) other.data[at] = (other.data[at] ?? 0) + (at % 5)
  for (let y = 300; y < 340; y++) other.data.fill(255, y * 1_280 + 500, y * 1_280 + 620)
  screen.frame(other, clock.now())
  await pass(20_000)
  expect(sight.looks).toHaveLength(1)
})

test('a change that comes too soon is described when its time has come, though no frame follows', async () => {
  const { screen, show, pass, sight } = openedScreen()
  screen.consent(true)
  show(1)
  await pass(3_000)
  show(2)
  await pass(6_900)
  expect(sight.looks).toHaveLength(1)
  await pass(200)
  expect(sight.looks).toHaveLength(2)
})

test('a look waits for a frame of now, and describes that one', async () => {
  const { screen, show, pass, sight, notes } = openedScreen()
  screen.consent(true)
  show(1)
  await pass(60_000)
  sight.text = 'A calendar.'
  const looked = screen.look('the next date', forever())
  await pass(800)
  show(2)
  await pass(1_000)
  expect(await looked).toEqual({ kind: 'seen', text: 'A calendar.', at: '10:01:05' })
  expect(sight.looks.at(-1)).toMatchObject({ about: 'the next date', picture: { takenMs: 65_800 } })
  expect(notes('screen-look').at(-1)).toMatchObject({ why: 'asked', about: 'the next date', text: 'A calendar.' })
})

test('a screen that stands still sends no frame: after 1.5 s its last picture is described', async () => {
  const { screen, show, pass, sight } = openedScreen()
  screen.consent(true)
  show(1)
  await pass(60_000)
  const looked = screen.look('the title', forever())
  await pass(1_400)
  expect(sight.looks).toHaveLength(1)
  await pass(1_100)
  expect(await looked).toMatchObject({ kind: 'seen', at: '10:00:05' })
})

test('the same question about the same picture is answered at once', async () => {
  const { screen, show, pass, sight } = openedScreen()
  screen.consent(true)
  show(1)
  const first = screen.look('the title', forever())
  await pass(1_000)
  await first
  expect(await screen.look('the title', forever())).toEqual(await first)
  // Nobody describes a picture by itself that is just described for somebody.
  expect(sight.looks.map(({ about }) => about)).toEqual(['the title'])
})

test.each([
  ['pause', 'paused'],
  ['consent(false)', 'off'],
  ['stop', 'off'],
])('%s blinds it at once: the picture is dropped, and what is on its way is thrown away', async (how, why) => {
  const { screen, show, pass, sight, encoded, notes } = openedScreen()
  screen.consent(true)
  show(1)
  await pass(500)
  const looked = screen.look('the title', forever())
  await pass(100)
  if (how === 'pause') screen.pause()
  else if (how === 'stop') void screen.stop()
  else screen.consent(false)
  expect(await looked).toEqual({ kind: 'blind', why })
  show(2)
  await pass(60_000)
  expect(sight.aborted).toBe(2)
  expect(screen.context()).toBeUndefined()
  expect(await screen.look(undefined, forever())).toEqual({ kind: 'blind', why })
  expect(encoded).toHaveLength(1)
  expect(notes('screen-look')).toEqual([])
  expect(notes('screen').at(-1)).toMatchObject({ state: why })
})

test('a provider that ignores the abort tells nothing: what it says later is thrown away', async () => {
  const { screen, show, pass, sight, clock } = openedScreen()
  sight.describe = async () => {
    await clock.sleep(5_000, forever())
    return 'A secret.'
  }
  screen.consent(true)
  show(1)
  await pass(100)
  screen.pause()
  screen.resume()
  await pass(6_000)
  expect(screen.context()).toBeUndefined()
})

test('what was seen before a pause is no context after it, and the next frame is described anew', async () => {
  const { screen, show, pass } = openedScreen()
  screen.consent(true)
  show(1)
  await pass(1_000)
  screen.pause()
  expect(screen.context()).toBeUndefined()
  await pass(20_000)
  screen.resume()
  show(1)
  await pass(1_000)
  expect(screen.context()).toEqual({ text: 'An e-mail.', at: '10:00:26' })
})

test('a pause and its end without a consent open nothing', async () => {
  const { screen, show } = openedScreen()
  screen.resume()
  screen.pause()
  screen.resume()
  show(1)
  expect(screen.state()).toBe('off')
  expect(await screen.look(undefined, forever())).toEqual({ kind: 'blind', why: 'off' })
})

test('a failure is told to who asked; by itself it looks again later and later, and is well again after a success', async () => {
  const { screen, show, pass, sight, clock, notes } = openedScreen()
  sight.failure = failure
  sight.tookMs = 0
  screen.consent(true)
  const beganMs = clock.now()
  show(1)
  await pass(100)
  await Promise.all([expect(screen.look('it', forever())).rejects.toBe(failure), pass(0)])
  await pass(150_000)
  const byItself = () => sight.looks.filter(({ about }) => about === undefined).map(({ atMs }) => atMs - beganMs)
  expect(byItself()).toEqual([0, 20_000, 60_000, 140_000])
  expect(notes('screen-look-failed')).toHaveLength(5)
  expect(notes('screen-look-failed')[0]).toMatchObject({ why: 'changed', error: expect.stringMatching(/503/) })
  sight.failure = undefined
  await pass(160_000)
  show(2)
  await pass(10_000)
  show(3)
  await pass(10_000)
  expect(
    byItself()
      .slice(4)
      .map(ms => ms - 300_000),
  ).toEqual([0, 10_100, 20_100])
})

test('who gives up waits no longer, and leaves no listener', async () => {
  const { screen, show, pass } = openedScreen()
  screen.consent(true)
  show(1)
  await pass(100)
  const abort = new AbortController()
  const looked = screen.look('it', abort.signal)
  await pass(100)
  const reason = new Error('the caller spoke')
  abort.abort(reason)
  await expect(looked).rejects.toBe(reason)
  expect(getEventListeners(abort.signal, 'abort')).toEqual([])
  // The description that nobody asked for goes on.
  await pass(2_000)
  expect(screen.context()).toBeDefined()
})

test.each([
  ['0 × 0', 0, 0, 0],
  ['one pixel', 1, 1, 3],
  ['half a pixel', 640.5, 480, 1_000_000],
  ['planes that are missing', 1_280, 720, 1_280 * 720],
  ['more than 8K', 20_000, 16, 500_000],
  ['no numbers', Number.NaN, Number.NaN, 100],
])('a frame with %s is not looked at, and breaks nothing', async (_, width, height, bytes) => {
  const { screen, clock, show, pass, encoded, notes } = openedScreen()
  screen.consent(true)
  for (let times = 0; times < 3; times++) screen.frame({ data: new Uint8Array(bytes), width, height }, clock.now())
  show(1)
  await pass(1_000)
  expect(encoded).toHaveLength(1)
  expect(notes('screen-frame-unusable')).toHaveLength(1)
})

test('nothing of it runs when it is stopped', async () => {
  const { screen, show, pass, clock } = openedScreen()
  screen.consent(true)
  show(1)
  await pass(2_000)
  show(2)
  await screen.stop()
  expect(clock.pending).toBe(0)
  screen.consent(true)
  expect(screen.state()).toBe('off')
})

test('who asks about all of a picture that is just described waits for that description', async () => {
  const { screen, show, pass, sight } = openedScreen()
  screen.consent(true)
  show(1)
  await pass(100)
  const looked = screen.look(undefined, forever())
  await pass(900)
  expect(await looked).toMatchObject({ kind: 'seen', text: 'An e-mail.' })
  expect(sight.looks).toHaveLength(1)
})
