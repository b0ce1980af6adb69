import type { Change } from '../server/shapes.ts'
import type { Policy } from '../timeline/lines.ts'

/** What the panel's boxes hold. Numbers are texts as they are typed; an empty text changes nothing. */
export interface Fields {
  readonly shortMs: string
  readonly middleMs: string
  readonly longMs: string
  readonly finalMs: string
  readonly voice: string
  readonly speechMs: string
  readonly backChannelMs: string
  readonly instructions: string
  readonly model: string
}

export const PATIENCE = ['shortMs', 'middleMs', 'longMs', 'finalMs'] as const
export const BARGE_IN = ['speechMs', 'backChannelMs'] as const
const MOST_MS = 20_000

/** The boxes as the call was. */
export function fieldsOf(policy: Policy | undefined): Fields {
  const number = (value: unknown): string => (typeof value === 'number' ? String(value) : '')
  return {
    shortMs: number(policy?.patience.shortMs),
    middleMs: number(policy?.patience.middleMs),
    longMs: number(policy?.patience.longMs),
    finalMs: number(policy?.patience.finalMs),
    voice: policy?.bargeIn.voice ?? '',
    speechMs: number(policy?.bargeIn.speechMs),
    backChannelMs: number(policy?.bargeIn.backChannelMs),
    ...{ instructions: '', model: '' },
  }
}

/** What differs from how the call was, or what is wrong with it, in words. */
export function changeOf(fields: Fields, before: Fields): Change | string {
  const numbers: Record<'patience' | 'bargeIn', Record<string, number | string>> = { patience: {}, bargeIn: {} }
  for (const [part, names] of [['patience', PATIENCE] as const, ['bargeIn', BARGE_IN] as const]) {
    for (const name of names) {
      const text = fields[name].trim()
      if (text === '' || text === before[name]) continue
      const value = Number(text)
      if (!/^\d+$/.test(text) || value > MOST_MS)
        return `A time is a whole number of ms, ${MOST_MS.toLocaleString('en')} at most: “${text}” is not.`
      numbers[part][name] = value
    }
  }
  if (fields.voice !== before.voice) numbers.bargeIn.voice = fields.voice
  const patience = [fields.shortMs, fields.middleMs, fields.longMs].filter(text => text.trim() !== '').map(Number)
  if (patience.some((ms, at) => ms < (patience[at - 1] ?? 0)))
    return 'Patience grows: complete words need the least, words that trail off the most.'
  const [instructions, model] = [fields.instructions.trim(), fields.model.trim()]
  const change: Change = {
    ...(Object.keys(numbers.patience).length > 0 && { patience: numbers.patience as Record<string, number> }),
    ...(Object.keys(numbers.bargeIn).length > 0 && { bargeIn: numbers.bargeIn }),
    ...(instructions !== '' && { instructions }),
    ...(model !== '' && { model }),
  }
  return Object.keys(change).length === 0
    ? 'Change something first: with the same settings the call goes the same way.'
    : change
}

/** The change as it is told above the result. */
export function changeWords({ patience, bargeIn, instructions, model }: Change): string {
  const named = (values: Readonly<Record<string, number | string>> | undefined): string[] =>
    Object.entries(values ?? {}).map(
      ([name, value]) => `${NAMES[name] ?? name} ${typeof value === 'number' ? `${value} ms` : value}`,
    )
  return [
    ...named(patience),
    ...named(bargeIn),
    ...(instructions === undefined ? [] : ['another prompt']),
    ...(model === undefined ? [] : [`model ${model}`]),
  ].join(', ')
}

export const NAMES: Readonly<Record<string, string>> = {
  shortMs: 'Complete words',
  middleMs: 'Uncertain',
  longMs: 'Trailing off',
  finalMs: 'Words not final yet',
  speechMs: 'Silent after speech of',
  backChannelMs: '“Mm-hm” lasts',
  voice: 'Voice meanwhile',
}
