import type {
  AvatarOrder,
  JoinRoom,
  Person,
  Room,
  RoomListener,
  RoomStatistics,
} from '../../src/channels/browser/room.ts'

/** A text that was told to the pages in a room. */
export interface Told {
  readonly topic: string
  readonly text: string
  readonly attributes: Readonly<Record<string, string>>
}

/** A room in memory: what the agent does in it, and what people do to it. */
export class MemoryRoom {
  readonly listener: RoomListener
  readonly told: Told[] = []
  readonly shown: Record<string, string> = {}
  readonly states: string[] = []
  /** The agent's voice that was not played yet, in frames of 20 ms at 24 kHz. */
  queue: Int16Array[] = []
  /** A browser buffers 80 ms, which nothing takes back. */
  readonly #buffered: (Int16Array | undefined)[] = [undefined, undefined, undefined, undefined]
  clears = 0
  hushes = 0
  /** What the avatar was told. */
  readonly orders: AvatarOrder[] = []
  isLeft = false
  /** It was ended for everybody. */
  isEnded = false
  statistics: RoomStatistics | undefined
  /** Resolves `heard`; replaced by a test that holds it back. */
  receives: Promise<void> = Promise.resolve()

  constructor(listener: RoomListener) {
    this.listener = listener
  }

  /** What the person hears in the next 20 ms; undefined for silence. */
  hear(): Int16Array | undefined {
    this.#buffered.push(this.queue.shift())
    return this.#buffered.shift()
  }

  captions(speaker: 'caller' | 'agent'): readonly string[] {
    return this.told
      .filter(({ topic, attributes }) => topic === 'lk.transcription' && attributes['partyline.speaker'] === speaker)
      .filter(({ attributes }) => attributes['lk.transcription_final'] === 'true')
      .map(({ text }) => text)
  }

  asRoom(): Room {
    return {
      play: pcm => void this.queue.push(pcm),
      clear: () => {
        this.clears++
        this.queue = []
      },
      hush: () => {
        this.hushes++
      },
      avatar: order => void this.orders.push(order),
      heard: () => this.receives,
      tell: (topic, text, attributes = {}) => void this.told.push({ topic, text, attributes }),
      show: attributes => {
        Object.assign(this.shown, attributes)
        const state = attributes['lk.agent.state']
        if (state !== undefined) this.states.push(state)
      },
      statistics: async () => this.statistics,
      leave: async how => {
        this.isLeft = true
        this.isEnded = how === 'for-good'
      },
    }
  }
}

/** LiveKit's rooms in memory, by name. */
export function memoryRooms() {
  const rooms = new Map<string, MemoryRoom>()
  const join: JoinRoom = async (_access, { name }, listener) => {
    const room = new MemoryRoom(listener)
    rooms.set(name, room)
    return room.asRoom()
  }
  return { rooms, join }
}

export const caller = (identity = 'caller'): Person => ({ identity, kind: 'browser', attributes: {} })
