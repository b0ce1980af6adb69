import type { ModelMessage, ScriptedAnswer } from './scripted-model.ts'
import { instead } from './task-corrections.ts'
import { type Order, order } from './task-orders.ts'
import { isTaskVerb } from './task-verbs.ts'
import { likeness } from './word-sounds.ts'

/** A task on the caller's list whose title sounds like what they named. */
interface Near {
  readonly title: string
  /** It sounds so much alike that nothing else can be meant. */
  readonly isSure: boolean
}

const MISSED = /^Result of \w+: not done\. (I found no (?:task like .+|such task)\.)/
const LISTED =
  /^Result of list_tasks: (?:You have [^:;]*: |[^;]*; the [a-z ]+ (?:is|are) )(.*?)(?: \(Not to be said\b.*?: then come (.*)\))?$/s
const PROPOSED = /^I found no .*\. Do you mean (.+)\?$/s
/** Words that tell no task from another. */
const EMPTY = /^(?:the|an?|my|to|for|with|of|on|in|at|and|one|task)$/i
const WORD_ALIKE = 0.66
const WHOLE_ALIKE = 0.75

const say = (text: string): ScriptedAnswer => ({ kind: 'say', text })

/**
 * What follows a tool that found no task by the title that was heard: a look at the list, and then the order again for
 * the task that sounds alike, or a question where that is not sure. Undefined where the tool did find one.
 */
export function afterMiss(turn: readonly ModelMessage[], ordered: ScriptedAnswer): ScriptedAnswer | undefined {
  const missed = turn.findLast(({ tool }) => tool !== undefined && tool !== 'list_tasks')?.content.match(MISSED)?.[1]
  const last = turn.at(-1)
  if (missed === undefined || ordered.kind !== 'call' || ordered.arguments.title === undefined) return undefined
  const hasListed = turn.some(({ tool }) => tool === 'list_tasks')
  if (!hasListed)
    return order('list_tasks', { filter: ordered.arguments.status === 'pending' ? 'completed' : 'pending' })
  if (last?.tool !== 'list_tasks') return undefined
  const near = nearest(String(ordered.arguments.title), titlesIn(last.content))
  if (near === undefined) return say(missed)
  return near.isSure || ordered.name === 'delete_task'
    ? instead(ordered, near.title)
    : say(`${missed} Do you mean ${near.title}?`)
}

/** The order for the task that was proposed in place of one that was not found. */
export function proposedOrder(before: string, ordered: Order | undefined): Order | undefined {
  const title = before.match(PROPOSED)?.[1]
  return title === undefined || ordered === undefined ? undefined : instead(ordered, title)
}

/** The title that "the second one" means after a list was read; undefined for other words. */
export function placedTask(said: string, listed: string): string | undefined {
  const [, place = ''] = said.match(/^(first|second|third|last)(?: (?:one|task))?$/i) ?? []
  const [, first] = listed.match(LISTED) ?? []
  if (place === '' || first === undefined) return undefined
  const titles = titlesIn(listed)
  return place.toLowerCase() === 'last'
    ? titles.at(-1)
    : titles[['first', 'second', 'third'].indexOf(place.toLowerCase())]
}

/** The titles in what the tool says of a list. */
function titlesIn(listed: string): readonly string[] {
  const [, first = '', rest = ''] = listed.match(LISTED) ?? []
  // Two titles without a date are said with "and" alone.
  const said =
    /^Result of list_tasks: You have (?:completed )?two\b/.test(listed) && !first.includes(';')
      ? / and /
      : /; (?:and )?/
  return [...first.split(said), ...rest.split(/; (?:and )?/)].map(titleOf).filter(title => title !== '')
}

const titleOf = (task: string): string => task.replace(/[.\s]+$/, '').replace(/, (?:(?:which was )?due\b.*|done)$/, '')

/** The one title that sounds like the said one; undefined if none does, or several do. */
function nearest(said: string, titles: readonly string[]): Near | undefined {
  const alike = titles
    .map(title => ({ title, whole: likeness(said, title), shared: sharedWords(said, title) }))
    .filter(({ whole, shared }) => whole >= WHOLE_ALIKE || shared >= 0.5)
    .toSorted((a, b) => b.whole + b.shared - a.whole - a.shared)
  const [best, next] = alike
  if (best === undefined || (next !== undefined && next.whole + next.shared >= best.whole + best.shared))
    return undefined
  return { title: best.title, isSure: best.whole >= WHOLE_ALIKE || best.shared === 1 }
}

/** How many of the said words that mean something sound like one of the title, as a share. */
function sharedWords(said: string, title: string): number {
  const words = meaningOf(said)
  const others = meaningOf(title)
  const found = words.filter(word => others.some(other => likeness(word, other) >= WORD_ALIKE))
  return words.length === 0 ? 0 : found.length / words.length
}

/** "Call" and "buy" begin many titles, so they count only where there is nothing else. */
function meaningOf(title: string): readonly string[] {
  const words = (title.match(/[\p{L}\p{N}']+/gu) ?? []).filter(word => !EMPTY.test(word))
  const things = words.filter((word, at) => at > 0 || !isTaskVerb(word))
  return things.length > 0 ? things : words
}
