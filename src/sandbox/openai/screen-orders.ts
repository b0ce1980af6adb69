import type { ModelMessage, ScriptedAnswer } from './scripted-model.ts'
import { type Order, order } from './task-orders.ts'
import { DUE } from './title-and-due.ts'

export const LOOK = 'look_at_screen'
export const OFFER = 'offer_screen'

const SCREEN =
  "(?:what (?:i am|i'm) (?:looking at|seeing)|what (?:you|i) see|what(?:'s| is) on (?:my|the) screen|(?:my|the) screen(?=$|,| (?:to|on|as|please)\\b)|this (?:e-?mail|page|message|screen))"
/** "Add what I'm looking at to my tasks", "put this e-mail on my list", "add this to my tasks". */
const ADDS_SCREEN = new RegExp(
  `^(?:add|put|create|make|note(?: down)?|write down|remember|remind me (?:of|about))\\b.*\\b${SCREEN}\\b|^(?:add|put) (?:this|that) (?:to|on) (?:my|the) (?:tasks?|(?:to-?do )?list)$`,
  'i',
)
const ASKS_SCREEN = [
  /\bwhat(?:'s| is| do you see| can you see)? on (?:my|the) screen\b/i,
  /\bwhat (?:am i|are we) (?:looking at|seeing)\b/i,
  /\bwhat (?:do|can) you see\b/i,
  /^(?:do you |can you )?see (?:my screen|this|what i)\b/i,
  /^(?:look at|read|describe) (?:my|the) screen$/i,
  /\bwhat does (?:it|my screen|the screen|this (?:page|e-?mail|message)) say\b/i,
]

/** "I want to show you my screen", "can I share my screen with you": on the telephone that needs a code. */
const SHOWS_SCREEN =
  /^(?:(?:i (?:want|need|wish)(?: to)?|(?:can|may|could) i|let me|i will|i'll) )?(?:show you|share(?: with you)?|show) (?:my|the|this|a) (?:screen|computer|page|e-?mail)\b/i
const ASKS_CODE = /^(?:(?:can|may|could) i have|give me|i need|say|repeat) (?:a|the|my|another) (?:new )?code\b/i
const OFFERED = /\bShall I give you a code to show it\?$/

const SHOWN = /<screen>\n(.*?)\n<\/screen>/s
const HEADING = [/\bheading: “([^”]+)”/i, /\b(?:subject|title|betreff):? [“"]?([^”";\n]+)/i, /“([^”]+)”/]
const AT_A_TIME = '(?:[ap]\\.m\\.|[^.;”"])'
const DEADLINE = [
  new RegExp(`\\b(?:deadline|due(?: date)?)\\b(?:\\s*(?::|\\b(?:is|was|on|by|for)\\b))*\\s+(${AT_A_TIME}{3,60})`, 'i'),
  new RegExp(`\\b(?:by|until|before|no later than)\\s+(${DUE})`, 'i'),
]
const LONGEST_TITLE = 80

const SUGGESTS = /\bYour screen says (.+)\. Shall I make that its due date\?$/
const say = (text: string): ScriptedAnswer => ({ kind: 'say', text })

/** A look, if these words of the caller are about the screen. */
export function screenOrder(text: string): Order | undefined {
  return ADDS_SCREEN.test(text) || ASKS_SCREEN.some(pattern => pattern.test(text)) ? order(LOOK) : undefined
}

/** A code, if the caller wants to show a screen, or agrees to be given one. */
export function codeOrder(text: string, before: string, isYes: boolean): Order | undefined {
  const isAsked = SHOWS_SCREEN.test(text) || ASKS_CODE.test(text)
  return isAsked || (isYes && OFFERED.test(before)) ? order(OFFER) : undefined
}

/** What the caller is told of their code. */
export function afterOffer(result: string): ScriptedAnswer {
  if (/\bhas joined this call already\b/.test(result))
    return say('You are here already. You can share your screen there.')
  return say(exactlyIn(result) ?? 'I am sorry, I cannot make a code just now.')
}

/** What follows a look: the task that was asked for, or what is seen. */
export function afterLook(text: string, result: string): ScriptedAnswer {
  const shown = result.match(SHOWN)?.[1]
  if (shown === undefined) return say(blindly(result))
  const title = titleIn(shown)
  if (ADDS_SCREEN.test(text))
    return title === undefined
      ? say('I see your screen, but nothing on it that I can read. What shall I add?')
      : order('create_task', { title })
  const due = dueIn(shown)
  if (title === undefined) return say('I see your screen, but nothing on it that I can read.')
  return say(`I see: ${title}.${due === undefined ? '' : ` It says: due ${due}.`}`)
}

/** The due date that a screen shows which was looked at in this turn, as a question; undefined if there is none. */
export function suggestedDue(messages: readonly ModelMessage[]): string | undefined {
  const turn = messages.slice(messages.findLastIndex(({ role }) => role === 'user'))
  const shown = turn.findLast(({ tool }) => tool === LOOK)?.content.match(SHOWN)?.[1]
  const due = shown === undefined ? undefined : dueIn(shown)
  return due === undefined ? undefined : `Your screen says ${due}. Shall I make that its due date?`
}

/** The date that the agent has just suggested. */
export const dueSuggested = (before: string): string | undefined => before.match(SUGGESTS)?.[1]

function titleIn(shown: string): string | undefined {
  const found = HEADING.map(pattern => shown.match(pattern)?.[1]).find(title => title !== undefined)
  const title = found
    ?.replace(/^(?:re|fwd?|aw|wg):\s*/i, '')
    .slice(0, LONGEST_TITLE)
    .trim()
  return title === '' ? undefined : title
}

function dueIn(shown: string): string | undefined {
  const found = DEADLINE.map(pattern => shown.match(pattern)?.[1]).find(due => due !== undefined)
  return found?.replace(/[\s,:]+$/, '').trim()
}

const exactlyIn = (result: string): string | undefined => result.match(/Say exactly: "([^"]+)"/)?.[1]

function blindly(result: string): string {
  const exactly = exactlyIn(result)
  if (exactly !== undefined) return exactly
  if (/\bpaused\b/.test(result)) return 'I cannot see your screen while it is paused.'
  if (/\bno picture\b/.test(result)) return 'I cannot see your screen yet. Give it a moment, please.'
  return 'I am sorry, I could not look at your screen just now.'
}
