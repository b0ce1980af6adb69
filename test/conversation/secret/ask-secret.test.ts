import { expect, test } from 'vitest'
import { asking, FIRST_AUDIO_MS, LOCKED, RIGHT, saidMs, WRONG, words } from './asking.ts'

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
