import { getEventListeners } from 'node:events'
import { expect, test } from 'vitest'
import type { CallerFrame, SpeechToText } from '../../../src/conversation/ports.ts'
import {
  askSecret,
  type SecretCheck,
  type SecretNumber,
  type SecretOutcome,
  type SecretParts,
} from '../../../src/conversation/secret/ask-secret.ts'
import { ofLength } from '../../../src/conversation/secret/secret-entry.ts'
import { ProviderError } from '../../../src/errors.ts'
import { english } from '../../../src/languages/english.ts'
import { FakeChannel } from '../../fakes/channel.ts'
import { FakeClock } from '../../fakes/clock.ts'
import { FakeSpeechToText } from '../../fakes/speech-to-text.ts'
import { FakeVoice, spokenMs } from '../../fakes/text-to-speech.ts'

const words = {
  ask: 'Your PIN?',
  wrong: 'Not right. Again?',
  refused: 'Not right either. Bye.',
  locked: 'Not now. Bye.',
}
const PIN: SecretNumber = { ...ofLength(4, 8), ask: words.ask, wrong: words.wrong, silenceMs: 10_000 }
const RIGHT: SecretCheck = { kind: 'right' }
const WRONG: SecretCheck = { kind: 'wrong' }
const LOCKED: SecretCheck = { kind: 'locked', words: words.locked }
const FIRST_AUDIO_MS = 100
const saidMs = (text: string): number => FIRST_AUDIO_MS + spokenMs(text)

function open(changed: Partial<SecretParts> = {}) {
  const clock = new FakeClock()
  const channel = new FakeChannel(clock)
  const speechToText = new FakeSpeechToText()
  const voice = new FakeVoice(clock)
  const server = new AbortController()
  const tried: string[] = []
  const check = async ([digits = '']: readonly string[]): Promise<SecretCheck> => {
    tried.push(digits)
    return digits === '4271' ? RIGHT : WRONG
  }
  const startMs = clock.now()
  const state: { asked?: SecretOutcome; atMs?: number } = {}
  const over = askSecret(
    {
      ...{ clock, channel, speechToText, voice, words: { refused: words.refused }, language: english, check },
      ...{ numbers: [PIN], before: async () => RIGHT },
      ...changed,
    },
    server.signal,
  ).then(asked => {
    state.asked = asked
    state.atMs = clock.now() - startMs
  })
  const pass = (ms: number): Promise<void> => clock.advance(ms)
  return {
    ...{ clock, channel, speechToText, voice, server, tried, state, over, pass },
    said: () => channel.played.map(({ heard }) => heard),
    key: async (keys: string): Promise<void> => {
      for (const digit of keys) channel.person.push({ kind: 'digit', digit })
      await pass(0)
    },
    word: async (text: string, final = false): Promise<void> => {
      speechToText.words.push({ text, final, ended: final })
      await pass(0)
    },
  }
}

/** Asks in virtual time. Afterwards nothing may be left running. */
async function asking(
  changed: Partial<SecretParts>,
  scenario: (asking: ReturnType<typeof open>) => Promise<void>,
): Promise<void> {
  const some = open(changed)
  await some.pass(0)
  await scenario(some)
  await some.over
  const { clock, channel, speechToText, voice, server } = some
  expect({
    sleepers: clock.pending,
    listeners: getEventListeners(server.signal, 'abort').length,
    inbound: channel.person.open,
    playing: channel.playing,
    speechToText: speechToText.words.open + speechToText.reading,
    speaking: voice.speaking,
  }).toEqual({ sleepers: 0, listeners: 0, inbound: 0, playing: 0, speechToText: 0, speaking: 0 })
}

test('keyed digits are tried 2 s after the last key', () =>
  asking({}, async ({ pass, key, state, tried, said }) => {
    await pass(saidMs(words.ask))
    for (const digit of '4271') {
      await pass(1_500)
      await key(digit)
    }
    await pass(1_999)
    expect(tried).toEqual([])
    await pass(1)
    expect(state.asked).toMatchObject({ end: 'right', wrongTries: 0 })
    expect(tried).toEqual(['4271'])
    expect(said()).toEqual([words.ask])
  }))

test('the first key silences the question, and # ends the try at once', () =>
  asking({}, async ({ pass, key, state, channel }) => {
    await pass(FIRST_AUDIO_MS + 200)
    await key('4')
    expect(channel.played).toMatchObject([{ aborted: true }])
    await key('271#')
    expect(state.asked?.end).toBe('right')
  }))

test('eight digits end the try at once', () =>
  asking({ check: async ([digits]) => (digits === '12345678' ? RIGHT : WRONG) }, async ({ key, state }) => {
    await key('12345678')
    expect(state.asked?.end).toBe('right')
  }))

test('fewer keys than a PIN has are no try, also when the caller ends them, and the question comes again', () =>
  asking({}, async ({ pass, key, state, tried, said }) => {
    await pass(saidMs(words.ask))
    await key('427')
    await pass(9_999)
    expect([tried, said()]).toEqual([[], [words.ask]])
    await pass(1 + saidMs(words.ask))
    expect(said()).toEqual([words.ask, words.ask])
    await key('42#')
    await pass(saidMs(words.wrong))
    expect(said()).toEqual([words.ask, words.ask, words.wrong])
    await key('4271#')
    expect(state.asked).toMatchObject({ end: 'right', wrongTries: 1 })
    expect(tried).toEqual(['4271'])
  }))

test('a number that is locked is told so, and not asked', () =>
  asking({ before: async () => LOCKED }, async ({ pass, key, state, tried, said }) => {
    await key('4271#')
    await pass(saidMs(words.locked))
    expect(state.asked).toMatchObject({ end: 'locked', why: 'agent', wrongTries: 0 })
    expect([tried, said()]).toEqual([[], [words.locked]])
  }))

test('a wrong try after which no other is allowed ends it', () =>
  asking({ check: async () => LOCKED }, async ({ pass, key, state, said }) => {
    await key('1111#')
    await pass(saidMs(words.locked))
    expect(state.asked).toMatchObject({ end: 'locked', wrongTries: 1 })
    expect(said().at(-1)).toBe(words.locked)
  }))

test('a star starts the try again, and # without digits is no try', () =>
  asking({}, async ({ key, state, tried }) => {
    await key('#99*#4271#')
    expect(state.asked).toMatchObject({ end: 'right', wrongTries: 0 })
    expect(tried).toEqual(['4271'])
  }))

test('spoken digits are tried 1.5 s after the last of them, in any pieces', () =>
  asking({}, async ({ pass, word, state, tried, said }) => {
    await pass(saidMs(words.ask) + 500)
    await word('four')
    await word('four two.', true)
    await pass(3_000)
    await word('um')
    await word('seven')
    await word('Seven, one.', true)
    await pass(1_499)
    expect(state.asked).toBeUndefined()
    await pass(1)
    expect(state.asked).toMatchObject({ end: 'right', wrongTries: 0 })
    expect(tried).toEqual(['4271'])
    expect(said()).toEqual([words.ask])
  }))

test('spoken digits silence the question too', () =>
  asking({}, async ({ pass, word, state, channel }) => {
    await pass(FIRST_AUDIO_MS + 200)
    await word('please')
    expect(channel.playing).toBe(1)
    await word('four two seven one', true)
    expect(channel.playing).toBe(0)
    await pass(1_500)
    expect(state.asked?.end).toBe('right')
  }))

test('a final transcript of words that were tried already is no second try', () =>
  asking({}, async ({ pass, word, tried, key, state }) => {
    await word('four two seven two')
    await pass(1_500)
    expect(tried).toEqual(['4272'])
    await word('four two seven two')
    await word('Four two seven two.', true)
    await pass(5_000)
    expect(tried).toEqual(['4272'])
    await word('four two seven one', true)
    await pass(1_500)
    expect(tried).toEqual(['4272', '4271'])
    await key('')
    expect(state.asked).toMatchObject({ end: 'right', wrongTries: 1 })
  }))

test('after the third wrong try the caller hears the refusal to its end', () =>
  asking({}, async ({ pass, key, state, tried, said, word }) => {
    await key('1111#')
    await pass(500)
    await key('2222#')
    await pass(saidMs(words.wrong))
    await word('three three three three', true)
    await pass(1_500)
    expect(state.asked).toBeUndefined()
    await key('4271#')
    await pass(saidMs(words.refused))
    expect(state.asked).toMatchObject({ end: 'refused', wrongTries: 3 })
    expect(tried).toEqual(['1111', '2222', '3333'])
    expect(said().at(-1)).toBe(words.refused)
  }))

test('after ten seconds of silence the question comes again, and after ten more it is a wrong try', () =>
  asking({}, async ({ pass, state, said, tried, word }) => {
    await pass(saidMs(words.ask) + 9_999)
    expect(said()).toEqual([words.ask])
    await pass(1 + saidMs(words.ask))
    expect(said()).toEqual([words.ask, words.ask])
    await word('one moment please', true)
    await pass(10_000 + saidMs(words.wrong))
    expect(said()).toEqual([words.ask, words.ask, words.wrong])
    await pass(60_000)
    expect(state.asked).toMatchObject({ end: 'refused', wrongTries: 3 })
    expect(tried).toEqual([])
  }))

test('a notice is heard to its end, and what is keyed over it counts', () =>
  asking(
    { words: { refused: words.refused, notice: 'This is recorded.' } },
    async ({ pass, key, state, said, channel }) => {
      await pass(300)
      await key('42')
      await pass(300)
      await key('71#')
      expect(channel.playing).toBe(1)
      await pass(saidMs('This is recorded.'))
      expect(said()).toEqual(['This is recorded.'])
      expect(state.asked?.end).toBe('right')
    },
  ))

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

test('the agent’s own words that come back are not the caller’s', () => {
  const notice = 'That is four two seven one euros.'
  return asking({ words: { refused: words.refused, notice } }, async ({ pass, word, tried, state }) => {
    await pass(saidMs(notice))
    await word('four two seven one euros', true)
    await pass(1_000)
    expect(tried).toEqual([])
    await pass(1_000)
    await word('four two seven one', true)
    await pass(1_500)
    expect(state.asked?.end).toBe('right')
  })
})

test('who says nothing twice may be asked no more', () =>
  asking({ endsInSilence: true }, async ({ pass, state, said }) => {
    await pass(2 * saidMs(words.ask) + 20_000)
    expect([state.asked?.end, said()]).toEqual(['silent', [words.ask, words.ask]])
  }))

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

test('words are said while the check takes its time', () =>
  asking(
    { words: { refused: words.refused, waiting: 'One moment.' }, check: () => new Promise(() => undefined) },
    async ({ pass, key, said, server }) => {
      await key('4271#')
      await pass(1_000 + saidMs('One moment.'))
      expect(said().at(-1)).toBe('One moment.')
      server.abort(new Error('enough'))
      await pass(0)
    },
  ))

test.each([0, 50, 700, 5_000])('a caller who hangs up after %d ms ends it at once', ms =>
  asking({}, async ({ pass, channel, state }) => {
    await pass(ms)
    channel.person.push({ kind: 'gone', why: 'hung up' })
    await pass(0)
    expect(state.asked).toMatchObject({ end: 'gone', why: 'hung up' })
  }),
)

test('a caller who hangs up, or a line that breaks, during the check ends it', () =>
  asking({ check: () => new Promise(() => undefined) }, async ({ pass, key, channel, state }) => {
    await key('4271#')
    channel.person.push({ kind: 'lost', why: 'no media' })
    await pass(0)
    expect(state.asked).toMatchObject({ end: 'lost', why: 'no media' })
  }))

test.each([0, 200, 5_000])('a server that stops after %d ms ends it at once', ms =>
  asking({}, async ({ pass, server, state }) => {
    await pass(ms)
    server.abort(new Error('the server is closing'))
    await pass(0)
    expect(state.asked?.end).toBe('stopped')
  }),
)

test('a check that fails ends it with "failed"', () =>
  asking({ check: () => Promise.reject(new Error('the database is away')) }, async ({ key, state }) => {
    await key('4271#')
    expect(state.asked).toMatchObject({ end: 'failed', why: 'Error: the database is away' })
  }))

test('a voice that fails, or makes no sound, ends it', async () => {
  const clock = new FakeClock()
  const voice = new FakeVoice(clock)
  voice.failures.push(new ProviderError('voice', 'away', { retryable: true }))
  await asking({ voice, clock }, async ({ state }) => {
    await clock.advance(200)
    expect(state.asked).toMatchObject({ end: 'failed', why: 'ProviderError: voice: away' })
  })
  voice.mute.add(words.ask)
  await asking({ voice, clock }, async ({ state }) => {
    await clock.advance(200)
    expect(state.asked).toMatchObject({ end: 'failed' })
  })
})

test('a failed speech-to-text session is opened again; after the last one keys still work', () =>
  asking({}, async ({ speechToText, pass, key, state }) => {
    await pass(1_000)
    for (let failure = 1; failure <= 4; failure++) {
      speechToText.words.fail(new Error('the caller said four two'))
      await pass(failure * 500)
    }
    expect(speechToText.sessions).toBe(3)
    await key('4271#')
    expect(state.asked).toMatchObject({ end: 'right', sttFailures: 3 })
    expect(JSON.stringify(state.asked)).not.toContain('four')
  }))

test('speech-to-text gets the caller’s sound, and only until it is over', () =>
  asking({}, async ({ speechToText, channel, pass, key, state }) => {
    const frame: CallerFrame = { pcm: new Int16Array(160), rateHz: 8_000, atMs: 0 }
    for (let i = 0; i < 10; i++) channel.person.push({ kind: 'audio', frame })
    await pass(0)
    await key('4271#')
    channel.person.push({ kind: 'audio', frame })
    await pass(100)
    expect(speechToText.frames).toBe(10)
    expect(state.asked).toMatchObject({ listenedMs: 200 })
  }))

test('it is not over before its speech-to-text session is closed', () => {
  const clock = new FakeClock()
  let isOpen = false
  const speechToText: SpeechToText = {
    async *transcribe(_input, signal) {
      isOpen = true
      await clock.sleep(1e9, signal).catch(() => undefined)
      await clock.sleep(300, new AbortController().signal)
      isOpen = false
    },
  }
  return asking({ clock, speechToText }, async ({ key, state }) => {
    await clock.advance(0)
    expect(isOpen).toBe(true)
    await key('4271#')
    await clock.advance(299)
    expect([isOpen, state.asked]).toEqual([true, undefined])
    await clock.advance(1)
    expect([isOpen, state.asked?.end]).toEqual([false, 'right'])
  })
})
