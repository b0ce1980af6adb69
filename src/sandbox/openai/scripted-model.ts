import { TOPICS } from './topics.ts'

/** The parts of a chat completion message that the scripted model reads. */
export interface ModelMessage {
  readonly role: string
  readonly content: string
  /** The tool's name, in a tool result. */
  readonly tool?: string | undefined
}

/** The scripted model's answer to a conversation: text, or a tool call. */
export type ScriptedAnswer =
  | { readonly kind: 'say'; readonly text: string }
  | { readonly kind: 'call'; readonly name: string; readonly arguments: Readonly<Record<string, unknown>> }

/** Said where the script has no answer, so that nobody takes it for a real model. */
export const SCRIPTED = "I am the sandbox's scripted model, and do not know that. Set OPENAI_API_KEY for a real one."

const say = (text: string): ScriptedAnswer => ({ kind: 'say', text })
const DAY = /\b(today|tonight|tomorrow|monday|tuesday|wednesday|thursday|friday|saturday|sunday)\b/i
const TIME =
  /\bat (noon|midnight|(?:half past |quarter past |quarter to )?(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\d{1,2})(?: thirty| fifteen| forty five)?)\b/i
const PARTY =
  /\b(?:table )?for\b(?:[\s,.…-]|um\b|uh\b|let me think)*\b(one|two|three|four|five|six|seven|eight|nine|ten|\d+)\b/i
const PARTY_ALONE = /\b(one|two|three|four|five|six|seven|eight|nine|ten|\d+) (?:people|persons|of us|guests)\b/i
const BOOKS = /\b(book|reserve|reservation|(?:like|need|want|love) (?:to have )?a table)\b/i
const LOOKS_UP =
  /\b(look up|find out|(?<!by )check|(?:do you have|is there|are there) (?:a |any )?(?:free )?(?:tables?|room|space))\b/i
const TAKES_BACK = /\b(cancel|undo|take (?:it|that) back)\b/i
const CORRECTS = /\b(actually|no,? wait|i meant|instead|make it|change (?:it|that))\b/i
const ENDS = /\b(bye|goodbye|that'?s (?:all|it)|that is all|no,? thank(?:s| you)|nothing else)\b/i
const THANKS = /\b(thanks|thank you)\b/i
const DONE = /^(?:booked|taken back):/i

/** Answers as the receptionist of a restaurant, by rules: the same conversation gives the same answer. */
export function scriptedAnswer(messages: readonly ModelMessage[], tools: readonly string[]): ScriptedAnswer {
  const last = messages.at(-1)
  if (last?.role === 'tool') return afterTool(messages)
  const turns = messages.filter(({ role }) => role === 'user').map(({ content }) => content)
  const text = turns.at(-1) ?? ''
  if (tools.includes('book')) {
    const booking = bookingOf(messages, text)
    if (booking) return booking
  }
  if (tools.includes('look_up') && LOOKS_UP.test(text))
    return { kind: 'call', name: 'look_up', arguments: { subject: text } }
  const topic = TOPICS.find(({ about }) => about.test(text))
  if (topic) return say(topic.answer)
  if (ENDS.test(text)) return say("You're welcome. Goodbye!")
  if (THANKS.test(text)) return say("You're welcome. Is there anything else?")
  if (/^\W*(yes|yeah|yep|sure|okay|ok)\W*$/i.test(text)) return say('Good. What would you like?')
  if (/^\W*no\W*$/i.test(text)) return say('All right. Is there anything else?')
  if (/\b(hello|hi|good (?:morning|evening|afternoon))\b/i.test(text)) return say('Hello! What can I do for you?')
  if (/\bpressed\b/i.test(text))
    return say(`I see that you ${text.slice(text.indexOf('pressed'))}. How can I help you?`)
  return say(`${SCRIPTED} Would you like to book a table, or to know something about us?`)
}

function afterTool(messages: readonly ModelMessage[]): ScriptedAnswer {
  const { content, tool } = messages.at(-1) ?? { content: '' }
  // A correction first undoes the old booking: the new one still has to be made.
  const text = messages.findLast(({ role }) => role === 'user')?.content ?? ''
  if (tool === 'book' && /^taken back:/i.test(content) && !TAKES_BACK.test(text)) {
    const booking = bookingArguments(messages, text)
    if (booking) return { kind: 'call', name: 'book', arguments: booking }
  }
  const spoken = acknowledgement(messages) + spokenResult(content)
  return say(tool === 'look_up' ? `I have looked it up. ${spoken}` : `${spoken} Is there anything else?`)
}

const spokenResult = (content: string): string =>
  content
    .replace(/^Result of \w+: /, '')
    .replace(/^Booked: /, 'That is booked: ')
    .replace(/^Taken back: /, 'That is taken back: ')

/** When a booking replaced another in this turn, the caller first hears that they were understood. */
function acknowledgement(messages: readonly ModelMessage[]): string {
  const turn = messages.slice(messages.findLastIndex(({ role }) => role === 'user'))
  const wasCorrected = turn.some(({ role, content }) => role === 'tool' && /^taken back:/i.test(content))
  const day = messages.at(-1)?.content.match(/^Booked: [^,]+, (\w+)/)?.[1]
  return wasCorrected && day ? `All right, ${day} then. ` : ''
}

/** The answer when the text is about a booking or answers the question for its day. */
function bookingOf(messages: readonly ModelMessage[], text: string): ScriptedAnswer | undefined {
  if (TAKES_BACK.test(text)) return { kind: 'call', name: 'book', arguments: { action: 'undo' } }
  const wasAsked = /for which day\?/i.test(messages.findLast(({ role }) => role === 'assistant')?.content ?? '')
  const corrects = CORRECTS.test(text) && hasBooked(messages) && (DAY.test(text) || PARTY.test(text) || TIME.test(text))
  if (!BOOKS.test(text) && !corrects && !(wasAsked && DAY.test(text))) return undefined
  const booking = bookingArguments(messages, text)
  if (!booking) return say('Gladly. For which day?')
  return { kind: 'call', name: 'book', arguments: corrects ? { action: 'undo' } : booking }
}

const hasBooked = (messages: readonly ModelMessage[]): boolean =>
  messages.findLast(({ role, content }) => role === 'tool' && DONE.test(content))?.content.startsWith('Booked') ?? false

/** The arguments of the booking, completed from earlier turns. */
function bookingArguments(
  messages: readonly ModelMessage[],
  text: string,
): Readonly<Record<string, string>> | undefined {
  const earlier = messages.filter(({ role }) => role === 'user').map(({ content }) => content)
  const said = [
    text,
    ...earlier
      .slice(0, -1)
      .reverse()
      .filter(turn => BOOKS.test(turn) || CORRECTS.test(turn)),
  ]
  const first = (pattern: RegExp): string | undefined =>
    said.map(turn => turn.match(pattern)?.[1]).find(found => found !== undefined)
  const day = first(DAY)
  if (!day) return undefined
  const people = first(PARTY) ?? first(PARTY_ALONE) ?? 'two'
  const time = first(TIME)
  const when = `${day.charAt(0).toUpperCase()}${day.slice(1).toLowerCase()}${time ? ` at ${time.toLowerCase()}` : ''}`
  return { action: 'make', what: `table for ${people.toLowerCase()}`, when }
}
