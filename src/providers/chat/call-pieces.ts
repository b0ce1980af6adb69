import { z } from 'zod'
import type { ToolCall } from '../../conversation/ports.ts'
import { jsonSpans } from './json-spans.ts'

/** A piece of a tool call as a server streams it. */
export interface CallPiece {
  readonly index: number | undefined
  readonly id: string | undefined
  readonly name: string
  readonly arguments: string
  readonly extra: Readonly<Record<string, unknown>> | undefined
}

/** More calls in one answer are no calls: each piece is compared with them all. */
export const MOST_CALLS = 64

/**
 * Puts the pieces of tool calls together. Servers differ: parallel calls share an index or have none, the name comes
 * again with each piece, ids are missing, doubled, or new with each piece, and a whole call is sent twice.
 */
export class CallPieces {
  #calls: CallPiece[] = []
  /** A call was dropped, so what follows may belong to it. */
  #isFull = false

  add(piece: CallPiece): void {
    if (this.#isFull) return
    const at = this.#continued(piece)
    const before = this.#calls[at]
    if (before === undefined) {
      this.#isFull = this.#calls.length === MOST_CALLS
      if (!this.#isFull) this.#calls.push(piece)
    } else if (!isSame(before, piece)) this.#calls[at] = joined(before, piece)
  }

  /**
   * The calls, each with an id of its own, by `ownId` where the server gave none. `offered` has the names of the tools that
   * the model was offered.
   */
  all(offered: ReadonlySet<string>, ownId: () => string): readonly ToolCall[] {
    const ids = new Set<string>()
    return this.#calls.flatMap(split).map(({ id, name, arguments: args, extra }) => {
      const own = id === undefined || ids.has(id) ? ownId() : id
      ids.add(own)
      return { id: own, name: meantName(name, offered), arguments: args, ...(extra && { extra }) }
    })
  }

  /** The place of the call that this piece continues; -1 if it begins a new one. */
  #continued(piece: CallPiece): number {
    const { index, id, name } = piece
    const at =
      index !== undefined
        ? this.#calls.findLastIndex(call => call.index === index)
        : id !== undefined && this.#calls.some(call => call.id === id)
          ? this.#calls.findLastIndex(call => call.id === id)
          : this.#calls.length - 1
    const before = this.#calls[at]
    if (before === undefined || isSame(before, piece) || name === '') return at
    const isOther = id !== undefined ? id !== before.id : index === undefined
    // The name may come again at the end, with nothing more.
    const isEcho = name === before.name && piece.arguments.trim() === '' && (id ?? before.id) === before.id
    if (isEcho) return at
    if (isComplete(before.arguments) && begins(piece.arguments)) return -1
    if (name !== before.name) return isOther && (index === undefined || before.id !== undefined) ? -1 : at
    // Some servers make an id for each piece: only arguments that begin anew tell that another call begins.
    const hasBegun = before.arguments.trim() !== ''
    if (isOther && id !== undefined && before.id !== undefined && hasBegun && begins(piece.arguments)) return -1
    return at
  }
}

/** Arguments begin with a brace, or come later. */
const begins = (args: string): boolean => args.trim() === '' || args.trimStart().startsWith('{')

const isSame = (a: CallPiece, b: CallPiece): boolean =>
  b.name === a.name && b.arguments === a.arguments && isComplete(a.arguments) && (b.id ?? a.id) === a.id

function joined(before: CallPiece, piece: CallPiece): CallPiece {
  return {
    ...before,
    id: before.id ?? piece.id,
    name: joinedName(before.name, piece.name),
    arguments: before.arguments + piece.arguments,
    extra: piece.extra ?? before.extra,
  }
}

/** Models write the space in which they see a tool before its name: "functions.add", "default_api:add". */
function meantName(name: string, offered: ReadonlySet<string>): string {
  const bare = name.trim().replace(/^(?:functions|default_api|tools)[.:]/, '')
  return !offered.has(name) && offered.has(bare) ? bare : name
}

/** A name comes whole, again, grown, or in pieces. */
function joinedName(before: string, piece: string): string {
  if (piece === before) return before
  return piece.startsWith(before) ? piece : before + piece
}

/** Calls that a server wrote one after the other as the arguments of one. An empty object before the real one is none. */
function split(call: CallPiece): readonly CallPiece[] {
  const { arguments: args } = call
  if (isComplete(args)) return [call]
  const spans = jsonSpans(args)
  const texts = spans.map(({ start, end }) => args.slice(start, end))
  const between = spans.map(({ start }, index) => args.slice(spans[index - 1]?.end ?? 0, start)).join('')
  const after = args.slice(spans.at(-1)?.end ?? 0)
  if (spans.length < 2 || (between + after).trim() !== '' || !texts.every(isComplete)) return [call]
  const full = [...new Set(texts)].filter(text => text !== '{}')
  if (full.length === 0) return [{ ...call, arguments: '{}' }]
  return full.map((text, index) => ({ ...call, arguments: text, id: index === 0 ? call.id : undefined }))
}

/** Longer arguments are not looked into: they are too long for any tool. */
const LONGEST = 20_000
const object = z.record(z.string(), z.unknown())

function isComplete(args: string): boolean {
  if (args.length > LONGEST || !args.trimEnd().endsWith('}')) return false
  try {
    return object.safeParse(JSON.parse(args)).success
  } catch {
    return false
  }
}
