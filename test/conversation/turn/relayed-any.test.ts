import { expect, test } from 'vitest'
import { begin } from '../../../src/conversation/turn/enter.ts'
import { step } from '../../../src/conversation/turn/step.ts'
import { isDecision, type Policy, type Turn, type TurnEvent, worksOf } from '../../../src/conversation/turn/turn.ts'
import { english } from '../../../src/languages/english.ts'
import { seeded } from '../../../src/sandbox/chance.ts'
import { POLICY } from '../../fakes/call.ts'

const policy: Policy = { ...POLICY, interprets: true }
const rules = { policy, language: english }
const CALLS = 300
const EVENTS = 250

/** One call of a seed: anything that may happen on an interpreted line, in any order. */
function anyCall(seed: number) {
  const chance = seeded(seed)
  const draw = (below: number): number => Math.floor(chance() * below)
  let turn: Turn = begin(policy, 0)
  let atMs = 0
  let given = 0
  let said = 0
  /** What of each sentence of the other person has become. */
  const heard = new Set<string>()
  const begun = new Map<number, string>()
  const lost = new Set<string>()
  const again: string[] = []
  const passedOn: string[] = []

  function take(event: TurnEvent): void {
    const before = turn
    turn = step(before, event, rules)
    // A second failure is told to the caller; of a flood the oldest sentence goes.
    const isFailure = event.kind === 'reply-failed' || (event.kind === 'wait-over' && isDeadAir(before, event.wait))
    if (isFailure && (before.context.failures > 0 || ('reply' in before && before.reply.sounding)))
      for (const sentence of relayIn(before)) lost.add(sentence)
    const [oldest, ...others] = before.context.relayed ?? []
    if (event.kind === 'relayed' && oldest && others.length >= 19) lost.add(oldest.text)
    const { passedOn: now } = turn.context
    if (now && now.id !== before.context.passedOn?.id) {
      passedOn.push(now.text)
      if (!isDecision(before, turn)) throw new Error(`seed ${seed}: what was passed on is not in the journal`)
    }
    if ('reply' in turn && turn.reply.content.kind === 'relay' && !begun.has(turn.reply.id)) {
      begun.set(turn.reply.id, turn.reply.content.text)
      for (const sentence of sentencesIn(turn.reply.content.text)) if (heard.has(sentence)) again.push(sentence)
    }
  }

  /** An event that fits the turn, or does not. */
  function next(): TurnEvent {
    const works = worksOf(turn)
    const replies = works.flatMap(work => (work.kind === 'reply' && !work.held ? [work.reply] : []))
    const waits = works.flatMap(work => (work.kind === 'wait' && work.wait.why !== 'call limit' ? [work.wait] : []))
    const reply = replies[0]
    switch (draw(12)) {
      case 0:
      case 1:
        return { kind: 'relayed', text: `S${given++}.`, as: 'translation', atMs }
      case 2:
        return { kind: 'speech-start', firstVoicedMs: atMs, atMs }
      case 3:
        return { kind: 'speech-end', lastVoicedMs: atMs, atMs }
      case 4:
      case 5:
        return { kind: 'words', text: `word${said++} and so on.`, final: draw(2) === 0, ended: draw(3) === 0, atMs }
      case 6: {
        const wait = waits[draw(waits.length)]
        if (wait) atMs = Math.max(atMs, wait.dueMs)
        return { kind: 'wait-over', wait: wait?.id ?? -1, atMs }
      }
      case 7:
        return { kind: 'reply-sounding', reply: reply?.id ?? -1, part: 0, atMs }
      case 8:
      case 9:
        if (reply?.sounding && reply.content.kind === 'relay')
          for (const sentence of sentencesIn(reply.content.text)) heard.add(sentence)
        return { kind: 'heard', reply: reply?.sounding ? reply.id : -1, part: 0, text: 'some of it', cut: false, atMs }
      case 10:
        if (!reply?.sounding || reply.heard === '') return { kind: 'typed', text: `typed${said++}`, atMs }
        return { kind: 'reply-done', reply: reply.id, atMs }
      default:
        if (draw(6) > 0) return { kind: 'digit', digit: '5', atMs }
        return { kind: 'reply-failed', reply: reply?.id ?? -1, provider: 'model', why: 'no', atMs }
    }
  }

  for (let i = 0; i < EVENTS && turn.kind !== 'ended'; i++) {
    atMs += 20 + draw(400)
    take(next())
  }
  const waiting = [...(turn.context.relayed ?? []).map(({ text }) => text), ...relayIn(turn)].flatMap(sentencesIn)
  return { turn, given, heard, lost, waiting, again, passedOn }
}

const relayIn = (turn: Turn): readonly string[] =>
  'reply' in turn && turn.reply.content.kind === 'relay' ? sentencesIn(turn.reply.content.text) : []
const isDeadAir = (turn: Turn, wait: number): boolean => 'deadAir' in turn && turn.deadAir?.id === wait
const sentencesIn = (text: string): readonly string[] => text.split(' ')

test('whatever happens, each sentence of the other person is heard once, or waits, or could not be said', () => {
  let heardInAll = 0
  for (let seed = 1; seed <= CALLS; seed++) {
    const { turn, given, heard, lost, waiting, again } = anyCall(seed)
    expect(again, `seed ${seed}`).toEqual([])
    heardInAll += heard.size
    if (turn.kind === 'ended') continue
    const all = new Set([...heard, ...lost, ...waiting])
    const missing = Array.from({ length: given }, (_, i) => `S${i}.`).filter(sentence => !all.has(sentence))
    expect(missing, `seed ${seed}`).toEqual([])
  }
  expect(heardInAll).toBeGreaterThan(1_000)
})

test('whatever happens, no question is asked of the agent', () => {
  let passedOnInAll = 0
  for (let seed = 1; seed <= CALLS; seed++) {
    const { turn, passedOn } = anyCall(seed)
    passedOnInAll += passedOn.length
    expect('reply' in turn && turn.reply.content.kind === 'answer', `seed ${seed}`).toBe(false)
    expect(new Set(passedOn).size, `seed ${seed}: ${passedOn}`).toBe(passedOn.length)
  }
  expect(passedOnInAll).toBeGreaterThan(1_000)
})
