import { expect, test } from 'vitest'
import { type LiveCaller, openLiveCaller } from '../../../src/sandbox/caller/live-caller.ts'
import { mulaw, silence, tone } from './sounds.ts'

const IDLE = mulaw(silence(20))
const AGENT = mulaw(tone(20, 300))

function opened() {
  const happened: string[] = []
  const caller = openLiveCaller({
    idle: () => IDLE,
    onAnswered: () => happened.push('answered'),
    onHeard: frame => happened.push(frame === AGENT ? 'heard' : 'heard something else'),
    onKey: (key, atMs) => happened.push(`${key} at ${atMs}`),
  })
  return { caller, happened }
}
const slot = (caller: LiveCaller, atMs: number, listening = true) =>
  caller.slot({ atMs, agent: AGENT, queuedMs: 0, listening })

test('before the call is answered nothing of the microphone is kept; then it is heard, or the idle line', () => {
  const { caller, happened } = opened()
  const speech = mulaw(tone(20))
  caller.speak(mulaw(tone(1_000, 900)))
  expect(slot(caller, 0).frame).toBe(IDLE)
  caller.speak(speech)
  caller.speak(speech)
  expect(slot(caller, 20).frame).toEqual(speech)
  expect(happened).toEqual(['answered', 'heard', 'heard'])
})

test('keys are pressed one after the other, and wait for a stream that can take them', () => {
  const { caller, happened } = opened()
  for (const key of '12') expect(caller.press(key)).toBe(true)
  const keys = Array.from({ length: 20 }, (_, i) => slot(caller, i * 20, i >= 5).key)
  expect(keys.map((key, i) => key && `${key} in slot ${i}`).filter(Boolean)).toEqual(['1 in slot 5', '2 in slot 13'])
  expect(happened.filter(what => what.includes(' at '))).toEqual(['1 at 100', '2 at 260'])
})

test('a keyboard that is leant upon is not kept without end', () => {
  const { caller } = opened()
  const taken = Array.from({ length: 60 }, () => caller.press('5'))
  expect(taken.filter(Boolean)).toHaveLength(50)
})
