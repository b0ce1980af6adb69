import type { ToolOutcome } from '../../../src/conversation/ports.ts'
import { ofLength } from '../../../src/conversation/secret/secret-entry.ts'
import type { SecretAsked, TakenSecret } from '../../../src/conversation/secret-asked.ts'
import type { TestCall } from '../../fakes/call.ts'
import { toolCall } from '../../fakes/model.ts'
import { spokenMs } from '../../fakes/text-to-speech.ts'

export const FRAME_MS = 20
export const ASK = 'Your card?'
export const CARD = '90558877'

/** What a tool that takes a card was called with, and what it took. */
export interface Shop {
  readonly tried: string[]
  readonly taken: (TakenSecret | undefined)[]
}

export const asked = ({ tried }: Shop, more: Partial<SecretAsked> = {}): SecretAsked => ({
  what: 'card',
  before: 'That is nine euros.',
  numbers: how => [
    { ...ofLength(4, 12), silenceMs: 10_000, ask: `${ASK} Please ${how} it.`, wrong: 'No card. Again?' },
  ],
  refused: 'I could not take it.',
  again: { step: 2 },
  async take([digits = '']) {
    tried.push(digits)
    return digits === CARD ? { kind: 'taken', value: { last4: '8877' } } : { kind: 'wrong' }
  },
  ...more,
})

/** A tool that wants a card, and says what became of it. */
export function offersCard(call: Pick<TestCall, 'tools'>, more: Partial<SecretAsked> = {}): Shop {
  const shop: Shop = { tried: [], taken: [] }
  call.tools.add('pay', true, async (_call, _signal, { taken }): Promise<ToolOutcome> => {
    shop.taken.push(taken)
    if (taken === undefined)
      return { kind: 'done', text: 'The caller is asked for the card.', secret: asked(shop, more) }
    return { kind: 'done', text: `It is ${taken.kind}.`, say: taken.kind === 'taken' ? 'Paid.' : 'Not paid.' }
  })
  return shop
}

/** The caller wants to pay, and is asked for their card. */
export async function wantsToPay(call: TestCall, more: Partial<SecretAsked> = {}): Promise<Shop> {
  const shop = offersCard(call, more)
  call.model.scripts.push(['Sure.', { tool: toolCall('pay') }])
  await call.greeted()
  await call.callerSays('I want to pay')
  await call.until('replying')
  await call.pass(spokenMs('Sure.') + spokenMs('That is nine euros.') + 1_000)
  return shop
}

export async function speaks(call: TestCall, ms: number): Promise<void> {
  for (let spoken = 0; spoken < ms; spoken += FRAME_MS) {
    const frame = { pcm: new Int16Array(160).fill(9_000), rateHz: 8_000, atMs: call.clock.now() }
    call.channel.person.push({ kind: 'audio', frame })
    await call.pass(FRAME_MS)
  }
}

export const everything = (call: TestCall): string => JSON.stringify([call.journal.lines, call.model.asked])
