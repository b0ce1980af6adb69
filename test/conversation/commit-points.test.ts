import { expect, test } from 'vitest'
import { commitPoints } from '../../src/conversation/commit-points.ts'
import { begin, hearing, say } from '../../src/conversation/turn/enter.ts'
import type { Turn, TurnEvent } from '../../src/conversation/turn/turn.ts'
import { emptyUtterance } from '../../src/conversation/turn/utterance.ts'
import { POLICY } from '../fakes/call.ts'
import { toolCall } from '../fakes/model.ts'

const wait = { id: 1, dueMs: 0, why: 'a test' }
const { context } = begin(POLICY, 0)
const TURNS = {
  listening: { kind: 'listening', context, idle: wait, prompted: false },
  hearing: hearing(context, emptyUtterance(0), undefined, 0),
  settling: { kind: 'settling', context, utterance: emptyUtterance(0), draft: undefined, patience: wait },
  replying: say(context, 'greeting', 'listen'),
  yielding: {
    ...{ kind: 'yielding', context, reply: replyOf(say(context, 'greeting', 'listen')), deadAir: undefined },
    ...{ utterance: emptyUtterance(0), speaking: true, soundMs: 0, silenced: false, judging: wait },
  },
  ended: { kind: 'ended', context, next: 'hang-up', why: 'a test' },
} satisfies Record<Turn['kind'], Turn>

function replyOf(turn: Turn) {
  if (turn.kind !== 'replying') throw new Error('it is no reply')
  return turn.reply
}

const quiet: TurnEvent = { kind: 'wait-over', wait: 1, atMs: 0 }
const heard = (atMs: number): TurnEvent => ({ kind: 'heard', reply: 1, part: 0, text: 'Hello', cut: false, atMs })
const inTurn = (event: TurnEvent, before: Turn['kind'], after: Turn['kind']): boolean =>
  commitPoints()(event, TURNS[before], TURNS[after])

test.each<[boolean, Turn['kind'], Turn['kind']]>([
  [true, 'replying', 'listening'],
  [true, 'yielding', 'listening'],
  [true, 'hearing', 'replying'],
  [true, 'settling', 'replying'],
  [true, 'yielding', 'replying'],
  [false, 'listening', 'listening'],
  [false, 'hearing', 'listening'],
  [false, 'settling', 'listening'],
  [false, 'listening', 'replying'],
  [false, 'replying', 'replying'],
  [false, 'listening', 'hearing'],
  [false, 'hearing', 'settling'],
  [false, 'settling', 'hearing'],
  [false, 'replying', 'yielding'],
])('%s that the journal is committed where %s becomes %s', (isSo, before, after) => {
  expect(inTurn(quiet, before, after)).toBe(isSo)
})

test('a tool that has answered, and a question that is asked, are committed in whatever turn', () => {
  const [reply, part, call] = [1, 0, toolCall('a', 'a')]
  const events: readonly TurnEvent[] = [
    { kind: 'tool-result', reply, part, callId: 'a', result: 'done', atMs: 0 },
    { kind: 'tool-asked', reply, part, call, question: 'Really?', atMs: 0 },
    { kind: 'tool-called', reply, part, call, atMs: 0 },
  ]
  for (const kind of ['replying', 'listening'] as const)
    expect(events.map(event => inTurn(event, kind, kind))).toEqual([true, true, false])
})

test('what is heard is committed once a second, counted from whatever was committed last', () => {
  const isPoint = commitPoints()
  const speaks = (event: TurnEvent): boolean => isPoint(event, TURNS.replying, TURNS.replying)
  expect([heard(100), heard(1_099), heard(1_100), heard(2_000)].map(speaks)).toEqual([true, false, true, false])
  expect(isPoint({ ...quiet, atMs: 2_050 }, TURNS.replying, TURNS.listening)).toBe(true)
  expect([heard(2_100), heard(3_049), heard(3_050)].map(speaks)).toEqual([false, false, true])
})
