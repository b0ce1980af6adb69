import type { Edit } from './edit.ts'
import { nth } from './edited-json.ts'
import { editedMessage, type Message } from './edited-message.ts'
import { HOSTILE_BYTES } from './hostile.ts'

const MOST_KEPT = 50

/** What is delivered of a session in place of each of its messages. */
export interface EditedSession {
  /** What comes now in place of this message. `ends`: nothing comes after it. */
  take(message: Message): { readonly messages: readonly Message[]; readonly ends: boolean }
  /** How many messages were taken, and how many were delivered otherwise than they were sent. */
  readonly taken: number
  readonly changed: number
}

/** Edits a session as it goes on, since what a service sends depends on what it was asked. */
export function editedSession(edits: readonly Edit[]): EditedSession {
  const sent: Message[] = []
  let late: Message[] = []
  let taken = 0
  let changed = 0
  let isOver = false
  return {
    take(message) {
      const at = taken++
      if (isOver) return { messages: [], ends: true }
      if (sent.length < MOST_KEPT) sent.push(message)
      let now: Message[] = [message]
      for (const edit of edits) {
        if (edit.at !== at) continue
        changed++
        switch (edit.kind) {
          case 'drop':
            now = []
            break
          case 'repeat':
            now = Array.from({ length: 2 + (edit.what % 20) }, () => message)
            break
          case 'late':
            return { messages: held(now), ends: false }
          case 'replay':
            now.push(nth(sent, edit.where))
            break
          case 'garbage':
            now.unshift({ data: nth(HOSTILE_BYTES, edit.what), isBinary: edit.where % 2 === 1 })
            break
          case 'end':
            isOver = true
            break
          default:
            now = now.map(one => editedMessage(one, edit))
        }
      }
      const messages = [...now, ...late]
      late = []
      return { messages, ends: isOver }
    },
    get taken() {
      return taken
    },
    get changed() {
      return changed
    },
  }

  /** These come after the next message, and those that waited come now. */
  function held(messages: readonly Message[]): readonly Message[] {
    const before = late
    late = [...messages]
    return before
  }
}
