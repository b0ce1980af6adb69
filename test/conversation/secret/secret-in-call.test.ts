import { expect, test } from 'vitest'
import type { ToolOutcome } from '../../../src/conversation/ports.ts'
import { ofLength } from '../../../src/conversation/secret/secret-entry.ts'
import type { SecretAsked } from '../../../src/conversation/secret-asked.ts'
import { type Options, onTheLine } from '../../fakes/call.ts'
import { toolCall } from '../../fakes/model.ts'
import { ASK, asked, CARD, everything, offersCard, type Shop, speaks, wantsToPay } from './paying.ts'

test('a secret reaches the function alone: not the journal, the model, the conversation or the recording', async () => {
  const spans: (readonly [string, number])[] = []
  const withholding: Options['withholding'] = {
    begin: ms => void spans.push(['begin', ms]),
    resume: ms => void spans.push(['resume', ms]),
  }
  await onTheLine({ withholding }, async call => {
    const shop = await wantsToPay(call)
    expect(spans.map(([kind]) => kind)).toEqual(['begin'])
    expect([call.heard().slice(1), call.channel.playing]).toEqual([['Sure.', 'That is nine euros.'], 1])
    await call.keys('9055')
    expect(call.heard().at(-1)).toBe(ASK)
    await call.words('my card is nine zero five five', { final: true, ended: true })
    await call.keys('8877#')
    await call.until('listening')
    // What belongs to it still comes.
    await call.keys('#')
    expect(shop).toEqual({ tried: [CARD], taken: [undefined, { kind: 'taken', value: { last4: '8877' } }] })
    expect(call.heard().at(-1)).toBe('Paid.')
    expect(call.told()).toEqual([
      'agent: Hello, this is Paula.',
      'caller: I want to pay',
      'agent: Sure.',
      'tool pay: The caller is asked for the card.',
      'tool pay: It is taken.',
      'agent: Paid.',
    ])
    expect(call.model.asked).toHaveLength(1)
    expect(everything(call)).not.toMatch(/9055|8877(?!"})|five|"digit"/)
    const [, [, resumedMs] = []] = spans
    const [withheld] = call.notes().filter(({ kind }) => kind === 'withheld')
    expect(withheld).toMatchObject({ what: 'card', end: 'right', wrongTries: 0, toMs: (resumedMs ?? 0) - call.startMs })
  })
})

test('the conversation hears silence in place of the caller, and its own ears listen again afterwards', async () => {
  await onTheLine({}, async call => {
    await wantsToPay(call)
    const before = call.speechToText.sessions
    await speaks(call, 400)
    await call.keys(`${CARD}#`)
    await call.until('listening')
    expect(call.voiceActivity.loudest).toBe(0)
    expect(call.speechToText.sessions).toBe(before + 1)
    await speaks(call, 1_000)
    expect(call.voiceActivity.loudest).toBe(9_000)
    call.model.scripts.push(['You are welcome.'])
    await call.callerSays('thank you very much')
    await call.until('listening')
    expect(call.heard().at(-1)).toBe('You are welcome.')
  })
})

test('keys that come while the words before are still said are the secret’s', async () => {
  await onTheLine({}, async call => {
    const shop = offersCard(call)
    call.model.scripts.push(['Let me take your payment then.', { tool: toolCall('pay') }])
    await call.greeted()
    await call.callerSays('I want to pay')
    await call.until('replying')
    await call.pass(300)
    await call.keys(`${CARD}#`)
    await call.until('listening')
    expect(shop.tried).toEqual([CARD])
    expect(everything(call)).not.toContain('"digit"')
  })
})

test('who does not want to give it, and who gives a wrong one too often, is understood', async () => {
  await onTheLine({}, async call => {
    const shop = await wantsToPay(call)
    await call.words('no I do not want to', { final: true, ended: true })
    await call.until('listening')
    expect(shop.taken.at(-1)).toEqual({ kind: 'not-taken', why: 'declined' })
    expect(call.heard().at(-1)).toBe('Not paid.')
  })
  await onTheLine({}, async call => {
    const shop = await wantsToPay(call)
    for (const wrong of ['1111#', '2222#', '3333#']) {
      await call.keys(wrong)
      await call.pass(1_500)
    }
    await call.until('listening')
    expect(shop.taken.at(-1)).toEqual({ kind: 'not-taken', why: 'refused' })
    expect(call.heard().slice(-2)).toEqual(['I could not take it.', 'Not paid.'])
  })
})

test.each([
  'hold on, let me get my card',
  'wait a second',
  'I did not catch that',
  'actually can I use another one',
  'no problem',
  'Your card?',
])('who says "%s" is still asked', async said => {
  await onTheLine({}, async call => {
    const shop = await wantsToPay(call)
    await call.pass(2_000)
    await call.words(said, { final: true, ended: true })
    await call.pass(4_000)
    await call.keys(`${CARD}#`)
    await call.until('listening')
    expect(shop.tried).toEqual([CARD])
    expect(everything(call)).not.toContain(said)
  })
})

test('somebody who talks over the tool that wants it is answered first, and nobody asks behind their back', async () => {
  await onTheLine({}, async call => {
    const shop: Shop = { tried: [], taken: [] }
    call.tools.add('pay', true, async (_call, signal): Promise<ToolOutcome> => {
      await call.clock.sleep(2_000, signal)
      return { kind: 'done', text: 'Only this tool hears it.', secret: asked(shop) }
    })
    call.model.scripts.push(['Sure, I can do that for you.', { tool: toolCall('pay') }], ['It is nine euros.'])
    await call.greeted()
    await call.callerSays('I want to pay')
    await call.until('replying')
    await call.pass(600)
    await call.callerSays('how much is it please')
    await call.until('listening')
    await call.pass(3_000)
    expect(call.heard().at(-1)).toBe('It is nine euros.')
    expect(call.events().filter(({ kind }) => kind === 'secret-asked')).toEqual([])
  })
})

test.each([
  ['4111 1111 1111 1111, exp 03/29', ['4111111111111111', '0329']],
  ['my card: 90558877', [CARD]],
  ['9055–8877', [CARD]],
])('typed as "%s" it is the secret’s', async (line, tried) => {
  const numbers: SecretAsked['numbers'] = () => [
    { ...ofLength(4, 20), silenceMs: 10_000, ask: ASK, wrong: 'No card. Again?' },
  ]
  await onTheLine({}, async call => {
    const shop = await wantsToPay(call, { numbers })
    await call.types(line)
    await call.pass(1_000)
    expect(shop.tried).toEqual(tried)
    // Once more, by mistake.
    await call.types(line)
    await call.pass(1_000)
    expect(everything(call)).not.toMatch(/4111|9055/)
  })
})

test('a number that is gone on with over a farewell is nobody’s', async () => {
  await onTheLine({ policy: { limitMs: 14_000, limitNoticeMs: 4_000 } }, async call => {
    await wantsToPay(call)
    await call.keys('90')
    await call.until('replying')
    while (call.events().every(({ kind }) => kind !== 'heard') || call.heard().at(-1) !== 'Our time is up.') {
      await call.keys('5')
      await call.words('five', { final: true, ended: true })
      await call.pass(500)
      if (call.turn().kind === 'ended') break
    }
    expect(call.turn()).toMatchObject({ kind: 'ended', next: 'hang-up' })
    expect(everything(call)).not.toMatch(/"digit"/)
  })
})

test('a function that throws, or takes too long, has not taken it; what it has thrown shows no digit', async () => {
  const ways: Partial<SecretAsked>[] = [
    { take: () => Promise.reject(new Error(`${CARD} was declined`)) },
    { take: () => new Promise(() => undefined) },
  ]
  for (const more of ways)
    await onTheLine({}, async call => {
      const shop = await wantsToPay(call, more)
      await call.keys(`${CARD}#`)
      await call.until('listening')
      expect(shop.taken.at(-1)).toEqual({ kind: 'not-taken', why: 'failed' })
      expect(call.notes()).toContainEqual(expect.objectContaining({ kind: 'withheld', end: 'failed' }))
      expect(everything(call)).not.toContain(CARD)
    })
})

test('a number that is typed is the secret, and a sentence ends the asking', async () => {
  await onTheLine({}, async call => {
    const shop = await wantsToPay(call)
    await call.types('9055 8877')
    await call.until('listening')
    expect(shop.tried).toEqual([CARD])
    expect(everything(call)).not.toContain('9055')
  })
  await onTheLine({}, async call => {
    await wantsToPay(call)
    call.model.scripts.push(['It is nine euros.'])
    await call.types('how much is it?')
    await call.until('listening')
    expect(call.heard().at(-1)).toBe('It is nine euros.')
    expect(call.notes()).toContainEqual(expect.objectContaining({ kind: 'withheld', end: 'stopped' }))
    call.model.scripts.push(['Good.'])
    await call.callerSays('that is fine with me')
    await call.until('listening')
    expect(call.heard().at(-1)).toBe('Good.')
  })
})

test.each([
  ['a model that hears by itself never hears it', { inPerson: true } as const, {}],
  ['what may not be said is not heard', {}, { isSilent: true } as const],
])('%s: it is keyed alone', async (_, options, more) => {
  await onTheLine(options, async call => {
    const shop = await wantsToPay(call, more)
    await call.pass(3_000)
    const { sessions } = call.speechToText
    expect(call.heard().at(-1)).toBe(`${ASK} Please key it.`)
    await call.keys(`${CARD}#`)
    await call.until('listening')
    expect(shop.tried).toEqual([CARD])
    expect(call.speechToText.sessions).toBe(sessions + 1)
  })
})

test('a caller who hangs up, and a call whose time is over, end it at once', async () => {
  await onTheLine({}, async call => {
    await wantsToPay(call)
    await call.hangsUp()
    expect(call.turn()).toMatchObject({ kind: 'ended', next: 'hang-up' })
  })
  await onTheLine({ policy: { limitMs: 20_000, limitNoticeMs: 10_000 } }, async call => {
    await wantsToPay(call)
    await call.until('ended')
    expect(call.heard().at(-1)).toBe('Our time is up.')
  })
})

test('one that asks at the same time as another tool is called again, alone', async () => {
  await onTheLine({}, async call => {
    const shop = offersCard(call)
    call.tools.add('delete', true, async (): Promise<ToolOutcome> => ({ kind: 'ask', question: 'Delete it?' }))
    call.model.scripts.push([{ tool: toolCall('delete', 'c1') }, { tool: toolCall('pay', 'c2') }])
    await call.greeted()
    await call.callerSays('delete it and let me pay')
    await call.until('listening')
    expect(call.heard().at(-1)).toBe('Delete it?')
    expect(call.told().at(-2)).toContain('call it again, alone')
    expect(shop.taken).toEqual([undefined])
  })
})
