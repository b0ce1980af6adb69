import { expect, test } from 'vitest'
import type { SecretCheck, SecretNumber } from '../../../src/conversation/secret/ask-secret.ts'
import { asking, RIGHT, saidMs, words } from './asking.ts'

/** A card has an even last digit, and from four digits on may be whole with each; the code ends as the card does. */
const CARD: readonly [SecretNumber, SecretNumber] = [
  {
    ...{ mostDigits: 6, ask: 'The card?', wrong: 'No card. Again?', silenceMs: 20_000 },
    judge: digits =>
      digits.length < 4 ? 'part' : Number(digits) % 2 === 1 ? 'wrong' : digits.length < 6 ? 'maybe' : 'whole',
  },
  {
    ...{ mostDigits: 2, ask: 'Its code?', wrong: 'No code. Again?', silenceMs: 20_000 },
    judge: (digits, [card]) =>
      digits.length < 2 ? 'part' : digits.length === 2 && digits.at(-1) === card?.at(-1) ? 'whole' : 'wrong',
  },
]

test('several numbers are asked in turn, a wrong one alone again, and the check has all of them', () => {
  const checked: (readonly string[])[] = []
  const check = async (digits: readonly string[]): Promise<SecretCheck> => {
    checked.push([...digits])
    return checked.length === 1 ? { kind: 'wrong', why: 'Declined.' } : RIGHT
  }
  return asking({ numbers: CARD, check }, async ({ pass, key, state, said }) => {
    const hears = (text: string) => pass(saidMs(text))
    await hears('The card?')
    await key('12345#')
    await hears('No card. Again?')
    await key('1234#')
    await hears('Its code?')
    await key('35')
    await hears('No code. Again?')
    await key('34')
    await hears('Declined. The card?')
    await key('1236#')
    await hears('Its code?')
    await key('36')
    expect(checked).toEqual([
      ['1234', '34'],
      ['1236', '36'],
    ])
    const again = ['No card. Again?', 'Its code?', 'No code. Again?', 'Declined. The card?', 'Its code?']
    expect(said()).toEqual(['The card?', ...again])
    expect(state.asked).toMatchObject({ end: 'right', wrongTries: 3 })
  })
})

test('a number that may go on is waited for longer', () =>
  asking({ numbers: CARD, check: async () => RIGHT }, async ({ pass, key, said }) => {
    await pass(saidMs('The card?'))
    await key('1234')
    await pass(3_999)
    expect(said()).toEqual(['The card?'])
    await key('56')
    await pass(saidMs('Its code?'))
    expect(said()).toEqual(['The card?', 'Its code?'])
    await key('36')
  }))

test('keys after a # are those of the next number', () =>
  asking({ numbers: CARD, check: async () => RIGHT }, async ({ pass, key, state }) => {
    await key('1234#34')
    await pass(0)
    expect(state.asked?.end).toBe('right')
  }))

test('"one" beside other words is no number', () =>
  asking({}, async ({ pass, word, tried, state }) => {
    await pass(saidMs(words.ask) + 2_000)
    await word('one moment please', true)
    await pass(5_000)
    expect(tried).toEqual([])
    await word('um the four digits are four two seven one', true)
    await pass(1_500)
    expect([tried, state.asked?.end]).toEqual([['4271'], 'right'])
  }))

test('of what was said only the end may be the number', () => {
  const checked: (readonly string[])[] = []
  const check = async (digits: readonly string[]): Promise<SecretCheck> => {
    checked.push([...digits])
    return RIGHT
  }
  return asking({ numbers: CARD, check }, async ({ pass, key, word }) => {
    await key('1234#')
    await pass(saidMs('Its code?'))
    await word('the one on the back is three four', true)
    await pass(1_500)
    expect(checked).toEqual([['1234', '34']])
  })
})

test('a caller who does not want to give it says so; without speech-to-text it is keyed alone', async () => {
  const declines = (text: string): boolean => text === 'no'
  await asking({ numbers: CARD, declines }, async ({ word, state }) => {
    await word('no')
    expect(state.asked).toBeUndefined()
    await word('no', true)
    expect(state.asked).toMatchObject({ end: 'declined' })
  })
  await asking(
    { numbers: CARD, declines, speechToText: undefined, check: async () => RIGHT },
    async ({ key, state }) => {
      await key('1234#')
      await key('34')
      expect(state.asked).toMatchObject({ end: 'right', listenedMs: 0 })
    },
  )
})
