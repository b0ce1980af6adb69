const COUNT = '(?:an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\\d{1,2})'
const WEEKDAY = '(?:mon|tues|wednes|thurs|fri|satur|sun)day'
const MONTH = '(?:january|february|march|april|may|june|july|august|september|october|november|december)'
const UNIT_TH = '(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth)'
const TEEN_TH = '(?:tenth|eleventh|twelfth|(?:thir|four|fif|six|seven|eigh|nine)teenth|twentieth|thirtieth)'
const NTH = `(?:\\d{1,2}(?:st|nd|rd|th)|(?:(?:twenty|thirty)[ -])?${UNIT_TH}|${TEEN_TH})`
const MINUTES = '(?:oh[ -]five|fifteen|(?:(?:twenty|thirty|forty|fifty)(?:[ -]five)?)|ten|five)'
const BEFORE_HOUR = `(?:half past |(?:(?:a )?quarter|five|ten|twenty|\\d{1,2}) (?:minutes )?(?:past|to) )`
const CLOCK = `(?:noon|midday|midnight|${BEFORE_HOUR}?${COUNT}(?:[:.]\\d{2}| ${MINUTES})?(?: o'?clock)?(?: ?[ap]\\.?m)?)`
const HOLIDAY = "(?:christmas(?: eve)?|new year'?s(?: eve| day)?|thanksgiving|halloween|easter)"
const DATE = [
  `(?:(?:next|this|the|coming) )*${WEEKDAY}`,
  '(?:later )?today|tonight|(?:the day after )?tomorrow',
  `a week from (?:today|tomorrow|${WEEKDAY})|${HOLIDAY}`,
  '(?:the )?end of (?:the |this |next )?(?:day|week|month|year)',
  '(?:next|this|the coming) (?:week|weekend|month|year)|this (?:morning|afternoon|evening)',
  `(?:the )?${NTH} of ${MONTH}|${MONTH} (?:the )?(?:${NTH}|\\d{1,2})`,
].join('|')
const PIECE = [
  `(?:(?:due|by|on|until|before|at|for) )*(?:${DATE}|noon|midday|midnight)(?: morning| afternoon| evening| night)?`,
  `(?:due |by |on |until |before )+the ${NTH}`,
  `(?:due )?(?:at|by|around|before) ${CLOCK}`,
  `(?:due )?in (?:(?:${COUNT}|a few|a couple of) (?:minutes?|hours?|days?|weeks?|months?)|half an hour|the (?:morning|afternoon|evening))`,
].join('|')

/** A due date as callers say it: the source of a regular expression without capturing groups. */
export const DUE = `(?:${PIECE})(?:[\\s,]+(?:${PIECE}))*`
const DUE_LAST = new RegExp(`(?:^|[\\s,:]+)(${DUE})$`, 'i')
const DUE_ALONE = new RegExp(
  `^(?:(?:um|uh|well|yes|yeah|sure|please|it'?s|it is|is|let'?s say|make it|due|oh)[\\s,]+)*((?:${DUE})|the ${NTH}|${CLOCK}|${COUNT} (?:minutes?|hours?|days?|weeks?|months?))$`,
  'i',
)

/** Splits "call the dentist tomorrow at five" into title and due date, each in the caller's own words. */
export function titleAndDue(words: string): { readonly title: string; readonly due?: string } {
  const found = words.match(DUE_LAST)
  const due = found?.[1]
  if (!found || due === undefined) return { title: words }
  return { title: words.slice(0, found.index).replace(/[\s,.;!?]+$/, ''), due }
}

/** The due date, if the text is nothing else. */
export const dueAlone = (words: string): string | undefined => words.match(DUE_ALONE)?.[1]
