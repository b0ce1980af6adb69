import { fractionsInFigures } from '../speech/fractions-in-figures.ts'
import { cardinal, ordinal } from './number-words.ts'

const FRACTION = /(?<![\w./,])(?:(\d{1,4}) )?(\d{1,4})[/⁄](\d{1,4})(?![\w/]|[.,]\d)/g
const STARS = /(?<![\w./])(\d{1,3}(?:\.\d)?)\/(5|10|100)(?= (?:stars?|points?|rating|score))/g
/** These are names, not fractions. */
const ALWAYS = /(?<![\w./])24\/7\/365(?![\w/])/g
const NAMES: Readonly<Record<string, string>> = { '24/7': 'twenty-four seven', '9/11': 'nine eleven' }

/** Fractions as they are said: "three quarters", "two and a half". */
export function fractionsInWords(text: string): string {
  return fractionsInFigures(text)
    .replace(ALWAYS, 'twenty-four seven three sixty-five')
    .replace(STARS, '$1 out of $2')
    .replace(FRACTION, (_, whole: string | undefined, top: string, bottom: string) => {
      const name = NAMES[`${top}/${bottom}`]
      if (name !== undefined) return `${whole === undefined ? '' : `${whole} `}${name}`
      const part = fractionWords(top, bottom)
      if (whole === undefined) return part.words
      return part.isFraction
        ? `${cardinal(whole)} and ${top === '1' && bottom === '2' ? 'a half' : part.words}`
        : `${whole} ${part.words}`
    })
}

function fractionWords(top: string, bottom: string): { readonly words: string; readonly isFraction: boolean } {
  const [over, under] = [Number(top), Number(bottom)]
  const isFraction = over > 0 && over < under && under <= 100 && !top.startsWith('0') && !bottom.startsWith('0')
  if (/^(?:19|20)\d\d$/.test(top) && bottom.length === 2) return { words: `${top} ${bottom}`, isFraction }
  if (!isFraction) return { words: `${top} ${top === bottom ? '' : 'over '}${bottom}`, isFraction }
  const part = under === 2 ? 'half' : under === 4 ? 'quarter' : ordinal(bottom)
  return { words: `${cardinal(top)} ${part}${over === 1 ? '' : 's'}`, isFraction }
}
