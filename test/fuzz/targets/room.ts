import type { RoomListener } from '../../../src/channels/browser/room.ts'
import { openBrowserServer } from '../../browser/browser-server.ts'
import { editedSession } from '../mutation/session.ts'
import { holds, type OpenTarget, type Target, until } from '../target.ts'

const OF_CALLER = { identity: 'caller' }
/** Longer than anything that a room that was lost may still wait for. */
const LEAVES_WITHIN_MS = 70_000
/** What LiveKit tells the agent of a person who talks, types, presses keys, shows a screen, and leaves. */
const SESSION: readonly object[] = [
  { tells: 'arrived', person: { ...OF_CALLER, kind: 'browser', attributes: { 'sip.phoneNumber': '+15551234567' } } },
  { tells: 'microphone', ...OF_CALLER, track: 'TR_1' },
  ...Array.from({ length: 10 }, (_, i) => ({ tells: 'sound', ...OF_CALLER, samples: 320, level: i * 1_000 })),
  { tells: 'typed', ...OF_CALLER, text: 'Are you open on Sunday?' },
  { tells: 'key', ...OF_CALLER, digit: '5' },
  { tells: 'asked', ...OF_CALLER, method: 'screen', payload: '{"consent":true}' },
  { tells: 'screen', ...OF_CALLER, width: 64, height: 48, bytes: 4_608 },
  { tells: 'screenPaused', ...OF_CALLER, isPaused: true },
  { tells: 'screenPaused', ...OF_CALLER, isPaused: false },
  { tells: 'screenGone', ...OF_CALLER },
  { tells: 'left', ...OF_CALLER, why: 'disconnect reason 1' },
  { tells: 'arrived', person: { ...OF_CALLER, kind: 'browser', attributes: {} } },
  { tells: 'asked', ...OF_CALLER, method: 'leave', payload: '' },
]

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null
const words = (value: unknown): string => (typeof value === 'string' ? value : (JSON.stringify(value) ?? ''))
/** Objects may have no number in them. */
const count = (value: unknown, most: number): number =>
  typeof value === 'object' ? 0 : Math.min(most, Math.max(0, Math.trunc(Number(value)) || 0))

/** Tells it as the native client does: its types are right whatever people send, their values are not. */
function tell(listener: RoomListener, text: string): void {
  let told: unknown
  try {
    told = JSON.parse(text)
  } catch {
    return
  }
  if (!isRecord(told)) return
  const identity = words(told.identity)
  switch (told.tells) {
    case 'arrived': {
      const person = isRecord(told.person) ? told.person : {}
      const attributes = isRecord(person.attributes) ? person.attributes : {}
      return listener.arrived({
        identity: words(person.identity),
        kind: person.kind === 'browser' ? 'browser' : 'telephone',
        attributes: Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, words(value)])),
      })
    }
    case 'microphone':
      return listener.microphone(identity, told.track === null ? undefined : words(told.track))
    case 'sound':
      return listener.sound(identity, new Int16Array(count(told.samples, 48_000)).fill(count(told.level, 32_767)))
    case 'typed':
      return listener.typed(identity, words(told.text).slice(0, 2_000).toWellFormed())
    case 'key':
      return listener.key(identity, words(told.digit))
    case 'asked':
      return listener.asked(identity, told.method === 'leave' ? 'leave' : 'screen', words(told.payload))
    case 'screen': {
      const [width, height] = [count(told.width, 4_096), count(told.height, 4_096)]
      return listener.screen(identity, { width, height, data: new Uint8Array(count(told.bytes, 1_000_000)) })
    }
    case 'screenPaused':
      return listener.screenPaused(identity, told.isPaused === true)
    case 'screenGone':
      return listener.screenGone(identity)
    case 'left':
      return listener.left(identity, words(told.why))
    default:
  }
}

/** A person's packets in a room of LiveKit's, beside another room that must not notice. */
export const room: Target = {
  name: 'room',
  async open(): Promise<OpenTarget> {
    let server = await openBrowserServer()
    let sessions = 0
    return {
      messages: SESSION.length,
      async run(edits) {
        // One address may open so many rooms, and a server keeps those of a while.
        if (++sessions % 50 === 0) {
          await server.close()
          server = await openBrowserServer()
        }
        const edited = editedSession(edits)
        const own = await server.opened()
        const other = await server.opened()
        other.room.listener.arrived({ identity: 'caller', kind: 'browser', attributes: {} })
        for (const one of SESSION) {
          const { messages, ends } = edited.take({ data: Buffer.from(JSON.stringify(one)), isBinary: false })
          for (const { data } of messages) tell(own.room.listener, data.toString('utf8'))
          await server.clock.advance(20)
          if (ends) break
        }
        const talk = server.held.find(({ opening }) => opening.callId === other.callId)
        const before = talk?.came.length ?? 0
        other.room.listener.typed('caller', 'mine')
        await server.clock.advance(20)
        const came = talk?.came.slice(before).filter(({ kind }) => kind !== 'audio') ?? []
        holds(
          came.length === 1 && came[0]?.kind === 'typed' && came[0].text === 'mine',
          `the other room got ${came.length} things`,
        )
        own.room.listener.lost('the room was left')
        other.room.listener.lost('the room was left')
        for (let ms = 0; ms < LEAVES_WITHIN_MS && server.sessions.size > 0; ms += 500) await server.clock.advance(500)
        await until(() => server.sessions.size === 0, 'a session is left')
        holds(server.errors.length === 0, `an error is in the log: ${server.errors[0]}`)
        holds(!server.warned.includes('a conversation in a room broke'), 'a conversation broke')
        return { messages: edited.taken, changed: edited.changed }
      },
      close: () => server.close(),
    }
  },
}
