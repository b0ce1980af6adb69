import { expect, onTestFinished, test } from 'vitest'
import { roomScreen } from '../../src/channels/browser/room-screen.ts'
import type { CallScreen } from '../../src/channels/call-host.ts'
import { FakeClock } from '../fakes/clock.ts'
import { openBrowserServer } from './browser-server.ts'
import { caller } from './memory-rooms.ts'

const FRAME = { data: new Uint8Array(6), width: 2, height: 2 }

/** A call's screen that keeps what it is told. */
function watched() {
  const did: string[] = []
  const screen: CallScreen = {
    frame: (_, atMs) => void did.push(`frame ${atMs}`),
    consent: given => void did.push(`consent ${given}`),
    pause: () => void did.push('pause'),
    resume: () => void did.push('resume'),
    state: () => 'watching',
  }
  return { did, screen }
}

function ofRoom() {
  const { did, screen } = watched()
  const shown: string[] = []
  let isOpen = true
  const own = roomScreen({
    clock: new FakeClock(),
    room: () => ({ show: attributes => void shown.push(attributes['partyline.sight'] ?? '') }),
    screen: () => (isOpen ? screen : undefined),
  })
  const opens = (now: boolean): void => {
    isOpen = now
  }
  return { did, shown, own, opens }
}

test.each([
  ['{"consent":true}', true],
  ['{"consent":false}', false],
  ['{"consent":"true"}', false],
  ['{"consent":1}', false],
  ['{}', false],
  ['true', false],
  ['{', false],
])('%s is consent: %s', (payload, given) => {
  const { own, did, shown } = ofRoom()
  own.asked(payload)
  expect([did, shown]).toEqual([[`consent ${given}`], ['watching']])
})

test('pictures, pauses and their end reach the call, and all pages see what is looked at', () => {
  const { own, did, shown } = ofRoom()
  own.frame(FRAME)
  own.paused(true)
  own.paused(false)
  own.gone()
  expect(did).toEqual(['frame 5000', 'pause', 'resume', 'consent false'])
  expect(shown).toEqual(['watching', 'watching', 'watching'])
})

test('a consent that came before the call can look holds then, with its pause; one that was taken back does not', () => {
  const { own, did, shown, opens } = ofRoom()
  opens(false)
  own.asked('{"consent":true}')
  own.paused(true)
  own.frame(FRAME)
  expect([did, shown]).toEqual([[], ['off', 'off']])
  opens(true)
  own.begin()
  expect(did.splice(0)).toEqual(['consent true', 'pause'])
  opens(false)
  own.gone()
  opens(true)
  own.begin()
  expect(did).toEqual([])
  // Who is asked anew has not paused.
  own.asked('{"consent":true}')
  expect(did).toEqual(['consent true'])
})

async function sharing() {
  const { did, screen } = watched()
  const server = await openBrowserServer({ screen })
  onTestFinished(server.close)
  const { room } = await server.opened()
  room.listener.arrived(caller())
  await server.clock.advance(10)
  return { did, room, server }
}

test('the person’s screen is looked at, and nobody else’s', async () => {
  const { did, room } = await sharing()
  for (const identity of ['observer', 'caller']) {
    room.listener.asked(identity, 'screen', '{"consent":true}')
    room.listener.screen(identity, FRAME)
    room.listener.screenPaused(identity, true)
    room.listener.screenPaused(identity, false)
    room.listener.screenGone(identity)
  }
  expect(did.map(what => what.split(' ')[0])).toEqual(['consent', 'frame', 'pause', 'resume', 'consent'])
  expect(room.shown['partyline.sight']).toBe('watching')
})

test('who leaves is asked for consent anew when they are back', async () => {
  const { did, room, server } = await sharing()
  room.listener.asked('caller', 'screen', '{"consent":true}')
  room.listener.left('caller', 'the tab was closed')
  expect(did).toEqual(['consent true', 'consent false'])
  await server.clock.advance(1_000)
  room.listener.arrived(caller())
  await server.clock.advance(600)
  expect(did).toHaveLength(2)
})
