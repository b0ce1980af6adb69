import { expect, test } from 'vitest'
import { Captions } from '../../src/channels/browser/captions.ts'
import type { JournalLine } from '../../src/conversation/lines.ts'
import { onTheLine } from '../fakes/call.ts'
import { toolCall } from '../fakes/model.ts'

/** What was read along of a call's lines: captions as `speaker: text`, with what they are besides. */
function readAlong(lines: readonly JournalLine[]) {
  const captions = new Captions('1-')
  const read = lines.map(line => captions.take(line))
  const latest = new Map(read.flatMap(({ captions: said }) => said).map(caption => [caption.segment, caption]))
  return {
    states: read.flatMap(({ state }) => (state ? [state] : [])),
    tools: read.filter(({ hasToolRun }) => hasToolRun).length,
    said: [...latest.values()].map(
      ({ speaker, text, isFinal, isInterrupted }) =>
        `${speaker}: ${text}${isInterrupted ? ' —' : ''}${isFinal ? '' : ' …'}`,
    ),
    segments: [...latest.keys()],
  }
}

test('captions follow a conversation, segment by segment', () =>
  onTheLine({}, async call => {
    await call.greeted()
    await call.callerSays('what is next please')
    await call.until('listening')
    const { said, states, segments } = readAlong(call.journal.lines)
    expect(said).toEqual(['agent: Hello, this is Paula.', 'caller: what is next please', 'agent: Okay.'])
    expect(states).toEqual(['thinking', 'speaking', 'listening', 'thinking', 'speaking', 'listening'])
    expect(new Set(segments).size).toBe(3)
    expect(segments.every(segment => segment.startsWith('1-'))).toBe(true)
  }))

test('interim words are replaced, and stay open until they are final', () =>
  onTheLine({}, async call => {
    await call.greeted()
    await call.speechStart()
    await call.words('what is')
    expect(readAlong(call.journal.lines).said.at(-1)).toBe('caller: what is …')
    await call.words('what is next', { final: true, ended: true })
    expect(readAlong(call.journal.lines).said.at(-1)).toBe('caller: what is next')
  }))

test('an agent that is cut off shows what was heard', () =>
  onTheLine({}, async call => {
    await call.pass(850)
    await call.types('stop')
    const { said } = readAlong(call.journal.lines)
    expect(said).toEqual(['agent: Hello, this —', 'caller: stop'])
  }))

test('a page is told when a tool has run', () =>
  onTheLine({}, async call => {
    call.model.scripts.push([{ tool: toolCall('read') }])
    await call.greeted()
    await call.callerSays('what is next please')
    await call.until('listening')
    expect(readAlong(call.journal.lines).tools).toBe(1)
  }))
