/** What kind of answer the agent's last words asked for. */
export type Question =
  | 'nothing'
  | 'statement'
  | 'anything else'
  | 'number'
  | 'count'
  | 'time'
  | 'date'
  | 'name'
  | 'place'
  | 'spelling'
  | 'choice'
  | 'yes or no'
  | 'what'
  | 'help'

/** All kinds. The trained weights depend on the order. */
export const QUESTIONS: readonly Question[] = [
  'nothing',
  'statement',
  'anything else',
  'number',
  'count',
  'time',
  'date',
  'name',
  'place',
  'spelling',
  'choice',
  'yes or no',
  'what',
  'help',
]

/** The first match decides. */
const SIGNS: readonly (readonly [RegExp, Question])[] = [
  [/\b(?:anything|something|what) (?:else|more)\b|\b(?:further|more|other) (?:help|assistance)\b/, 'anything else'],
  [/\b(?:how (?:can|may) i (?:help|assist)|what can i (?:do|get|help)|help you(?: today)?\?)/, 'help'],
  [/^(?:is|are|was|does|do|did|should|shall|can|could|will|would)\b.* or \b/, 'choice'],
  [/\b(?:is|are|does|look|everything) .*\b(?:right|correct|okay|ok|good)\b/, 'yes or no'],
  [/\b(?:e-?mail)\b|\bspell\b/, 'spelling'],
  [/\bhow (?:many|much)\b|\bnumber of (?:people|tickets|rooms|seats)\b|\bwhat amount\b/, 'count'],
  [
    /\b(?:phone|order|account|card|reference|confirmation|policy|customer|booking|contact|reach|call)\b.*\b(?:number|code)\b/,
    'number',
  ],
  [/\b(?:number|code|digits)\b.*\b(?:reach|call)\b|\bzip\b/, 'number'],
  [/^(?:do|does|did|is|are|was|will|would|shall|should|can|could|may|have|has|want|wanna|did)\b/, 'yes or no'],
  [/\b(?:what|which|at what|preferred) time\b|\bwhat hour\b|\bfor what time\b/, 'time'],
  [/\bwhen\b|\b(?:what|which|on what|preferred) (?:day|date)\b|\bhow (?:long|soon)\b|\bdeadline\b|\bdue\b/, 'date'],
  [/\bwhere\b|\b(?:city|address|location|destination|area|town|street|airport|station)\b/, 'place'],
  [/\bname\b|\bwho\b|\bwhom\b/, 'name'],
  [/\bor\b/, 'choice'],
  [/\b(?:confirm|verify|make sure)\b/, 'yes or no'],
  [/\b(?:what|which|how|why|tell me)\b/, 'what'],
]

/** No question is longer. The signs have gaps, so their time grows with the square of the length. */
const LONGEST_QUESTION = 400

/** Decides by the last sentence that asks; an undefined or empty text asked nothing. */
export function questionIn(asked: string | undefined): Question {
  const text = (asked ?? '').trim().toLowerCase()
  if (text === '') return 'nothing'
  const sentences = text.match(/[^.?!]+[.?!]*/g) ?? []
  const asking = sentences.findLast(sentence => sentence.includes('?'))
  const last = (asking ?? sentences.at(-1) ?? text)
    .trim()
    .slice(0, LONGEST_QUESTION)
    .replace(/^(?:and|so|okay|ok|alright|great|sure)[, ]+/, '')
    .replace(/^(?:can|could|may) (?:i|you|we) (?:please )?(?:have|get|ask|give me|tell me)\b/, 'what is')
  const found = SIGNS.find(([sign]) => sign.test(last))?.[1]
  if (asking !== undefined) return found ?? 'yes or no'
  return /^(?:please|what|which|when|where|who|how|tell me|can|could|do|is|would|just confirm)\b/.test(last)
    ? (found ?? 'statement')
    : 'statement'
}
