import { expect, test } from 'vitest'
import { begin } from '../../src/conversation/turn/enter.ts'
import { step } from '../../src/conversation/turn/step.ts'
import { type Policy, type Turn, type TurnEvent, worksOf } from '../../src/conversation/turn/turn.ts'
import { wordsOf } from '../../src/conversation/turn/utterance.ts'
import { english } from '../../src/languages/english.ts'
import { POLICY } from '../fakes/call.ts'
import { toolCall } from '../fakes/model.ts'

const policy: Policy = { ...POLICY, canTransfer: true, draftsPerTurn: 2 }
const MS = 400
const SAID = ['', 'mm-hm', 'book a table', 'I would like to', 'goodbye', 'put me through to a person']

/** All events that may come to a turn, for each work that it names. */
function eventsFor(turn: Turn, atMs: number): readonly TurnEvent[] {
  const works = worksOf(turn)
  const ids = (kind: 'wait' | 'reply' | 'stt-session'): readonly number[] =>
    works.flatMap(work => (work.kind === kind ? [work.id] : []))
  const draft = 'draft' in turn ? turn.draft?.id : undefined
  const words = SAID.flatMap(text =>
    [false, true].flatMap((ended): TurnEvent[] => [
      { kind: 'words', text, final: true, ended, complete: 0.9, atMs },
      { kind: 'words', text, final: false, ended, atMs },
    ]),
  )
  // Some of the sound is the agent's own.
  const mixed: TurnEvent = { kind: 'words', text: 'book', final: false, ended: false, own: 0.3, atMs }
  const ofReply = (reply: number): TurnEvent[] => [
    { kind: 'reply-failed', reply, provider: 'model', why: 'no', atMs },
    ...(reply === draft
      ? []
      : ([
          { kind: 'reply-sounding', reply, part: 0, atMs },
          { kind: 'heard', reply, part: 0, text: 'Shall I?', cut: false, atMs },
          { kind: 'tool-called', reply, part: 0, call: toolCall('list'), atMs },
          { kind: 'tool-result', reply, part: 0, callId: 'call-1', result: 'eggs', atMs },
          { kind: 'reply-done', reply, atMs },
        ] as const)),
  ]
  return [
    { kind: 'typed', text: 'what is next', atMs },
    { kind: 'joined', atMs },
    { kind: 'beside', open: true, atMs },
    { kind: 'budget', left: 'none', of: 'call', atMs },
    { kind: 'speech-start', firstVoicedMs: atMs, atMs },
    { kind: 'speech-end', lastVoicedMs: atMs, atMs },
    ...words,
    mixed,
    ...'10#'.split('').map((digit): TurnEvent => ({ kind: 'digit', digit, atMs })),
    ...ids('wait').flatMap((wait): TurnEvent[] => [
      { kind: 'wait-over', wait, atMs },
      { kind: 'wait-over', wait, own: 0.9, atMs },
    ]),
    ...ids('reply').flatMap(ofReply),
    ...ids('stt-session').flatMap((session): TurnEvent[] =>
      [true, false].map(retryable => ({ kind: 'stt-failed', session, why: 'no', retryable, atMs })),
    ),
    { kind: 'gone', why: 'hung up', atMs },
    { kind: 'lost', why: 'no media', atMs },
    { kind: 'stopped', why: 'shutting down', atMs },
    { kind: 'stopped', why: 'a person takes over', next: 'transfer', atMs },
  ]
}

/** The same for turns that decide alike: without times, ids and exact words. */
function likeness(turn: Turn): string {
  const { context } = turn
  const reply = 'reply' in turn ? turn.reply : undefined
  const utterance = 'utterance' in turn ? turn.utterance : undefined
  return JSON.stringify([
    turn.kind,
    [context.voiced, context.failures, context.limit.stage === 'to-be-told'],
    reply && [
      reply.content.kind === 'phrase' && reply.content.phrase,
      reply.sounding,
      Math.sign(reply.running),
      reply.afterwards,
    ],
    utterance && utterance.lastVoicedMs - utterance.firstVoicedMs <= MS,
    utterance && [
      wordsOf(utterance) === '',
      utterance.interimWords === '',
      utterance.ended,
      utterance.prompted,
      utterance.digits !== '',
    ],
    'draft' in turn && [turn.draft !== undefined],
    'speaking' in turn && [turn.speaking, turn.silenced],
    'prompted' in turn && turn.prompted,
    worksOf(turn).flatMap(work => (work.kind === 'wait' ? [work.wait.why] : [])),
  ])
}

/** The event's name; for a wait, the name that the turn gives it. */
function labelOf(turn: Turn, event: TurnEvent): string {
  if (event.kind === 'digit') return event.digit === '#' ? 'the # key' : 'a key'
  if (event.kind === 'stopped' && event.next) return 'handed over'
  if (event.kind !== 'wait-over') return event.kind
  if (event.wait === turn.context.limit.id) return 'limit over'
  const named = Object.entries(turn).find(([, value]) => value?.id === event.wait && value?.dueMs !== undefined)
  return `${named?.[0].replace('deadAir', 'dead air')} over`
}

function edges(): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>()
  const seen = new Set<string>()
  const waiting: { turn: Turn; atMs: number }[] = [
    { turn: begin(policy, 0), atMs: 0 },
    { turn: begin(policy, 0, 'notice'), atMs: 0 },
  ]
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { turn } = next
    const atMs = next.atMs + MS
    for (const event of eventsFor(turn, atMs)) {
      const after = step(turn, event, { policy, language: english })
      if (after.kind !== turn.kind) {
        const way = `${turn.kind} --> ${after.kind}`
        found.set(way, (found.get(way) ?? new Set()).add(labelOf(turn, event)))
      }
      const like = likeness(after)
      if (seen.has(like) || after.kind === 'ended') continue
      seen.add(like)
      waiting.push({ turn: after, atMs })
    }
  }
  return found
}

test('docs/turns.md shows every way from one state of the turn to another (-u writes it again)', async () => {
  const ways = [...edges()].map(([way, labels]) => `  ${way}: ${[...labels].toSorted().join(', ')}`)
  const text = `# Whose turn it is

Drawn from the code by \`test/conversation/diagram.test.ts\`: every change of state that \`step\` makes, and the events that
bring it. \`docs/architecture.md\` says what the states mean.

\`\`\`mermaid
stateDiagram-v2
  [*] --> replying: the greeting
${ways.toSorted().join('\n')}
  ended --> [*]
\`\`\`
`
  await expect(text).toMatchFileSnapshot('../../docs/turns.md')
})
