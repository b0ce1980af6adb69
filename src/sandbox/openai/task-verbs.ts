const REGULAR =
  `answer apply arrange ask bake call change check clean collect confirm contact cook deliver draft email exercise file
  finish fix iron join learn lock mail mop mow open order organize pack paint pay phone pick plan plant post practice
  prepare print reach record register renew rent repair reply research reserve return review ring schedule ship sign
  sort study submit sweep text train try turn update upload vacuum visit walk wash watch water wrap`.split(/\s+/)
const IRREGULAR: readonly (readonly [string, string])[] = [
  ['buy', 'bought'],
  ['bring', 'brought'],
  ['build', 'built'],
  ['draw', 'drew'],
  ['drive', 'drove'],
  ['feed', 'fed'],
  ['find', 'found'],
  ['get', 'got'],
  ['give', 'gave'],
  ['make', 'made'],
  ['meet', 'met'],
  ['pay', 'paid'],
  ['read', 'read'],
  ['ring', 'rang'],
  ['sell', 'sold'],
  ['send', 'sent'],
  ['speak', 'spoke'],
  ['take', 'took'],
  ['write', 'wrote'],
]
const NO_PAST = 'book do pick put'.split(' ')
/** They may begin anything, but not before "the" or "my". */
const LIGHT =
  /^(?:do|get|give|make|put|take|bring|find|try|turn|change)\b(?! (?:the|my|an?|some|our|out|in|up|new|more)\b)/i
const PRONOUN = /^[a-z]+ (?:you|it|that|this|them|him|her|me|us|i|is|was|are|has|had)\b/i

/** The past tense: "called", "planned", "studied". */
const pastOf = (verb: string): string =>
  /[^aeiou]y$/.test(verb)
    ? `${verb.slice(0, -1)}ied`
    : /e$/.test(verb)
      ? `${verb}d`
      : /^(?:mop|plan|ship|submit|wrap)$/.test(verb)
        ? `${verb}${verb.at(-1)}ed`
        : `${verb}ed`

const PASTS: ReadonlyMap<string, string> = new Map([
  ...REGULAR.map((verb): [string, string] => [pastOf(verb), verb]),
  ...IRREGULAR.map(([verb, past]): [string, string] => [past, verb]),
])
const VERBS: ReadonlySet<string> = new Set([...REGULAR, ...IRREGULAR.map(([verb]) => verb), ...NO_PAST])
const DETERMINED = "(?=,? (?:the|a|an|my|our|his|her|their|your|two|three|\\p{Lu}[\\p{L}']+))"
const PAST = new RegExp(`^([a-z]+)${DETERMINED}`, 'u')
/** Words that sound like a verb, and are none before "the" or "my". */
const SOUND_LIKE = new Map([
  ['right', 'write'],
  ['bright', 'write'],
  ['bay', 'pay'],
  ['male', 'mail'],
  ['red', 'read'],
  ['cold', 'call'],
])

/** Whether tasks begin with this word: "call", "buy". */
export const isTaskVerb = (word: string): boolean => VERBS.has(word.toLowerCase())

/** Whether the words begin as a task does, with a verb and what it is done to: "call Bob", "do the laundry". */
export function beginsTask(words: string): boolean {
  const head = words.match(/^([a-z]+)[\s,]+\S/i)?.[1]
  return head !== undefined && isTaskVerb(head) && !LIGHT.test(words) && !PRONOUN.test(words)
}

/** Whether a verb says so little that it may begin anything: "take", "make". */
export const isLight = (verb: string): boolean => LIGHT.test(verb)

/** The verb of a past tense: "call" of "called"; undefined for any other word. */
export const verbOfPast = (word: string): string | undefined => PASTS.get(word.toLowerCase())

/** A title as people say it: "buy milk" where "by milk" was heard, "call the dentist" for "called the dentist". */
export function asTitle(title: string): string {
  const bought = title
    .replace(/["“”]/g, '')
    .replace(/^bye?,? (?=\p{L})/iu, 'buy ')
    .replace(/^([a-z]+), (?=\p{L})/iu, (all, word: string) => (isTaskVerb(word) ? `${word} ` : all))
  const head = uncapitalised(bought).match(PAST)?.[1]
  if (head === undefined) return bought
  const verb = SOUND_LIKE.get(head) ?? verbOfPast(head)
  return verb === undefined ? bought : `${verb}${bought.slice(head.length).replace(/^,/, '')}`
}

const uncapitalised = (text: string): string => `${text.charAt(0).toLowerCase()}${text.slice(1)}`
