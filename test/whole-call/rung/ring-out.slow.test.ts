import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { SANDBOX_AUTH_TOKEN } from '../../../src/config.ts'
import type { RungOut, ToRing } from '../../../src/conversation/ring-out.ts'
import { readJournal } from '../../../src/journal/outcome.ts'
import type { Script } from '../../../src/sandbox/caller/fixture.ts'
import { seeded } from '../../../src/sandbox/chance.ts'
import type { CallRecord } from '../../../src/sandbox/ringing/call-record.ts'
import type { RungPerson } from '../../../src/sandbox/twilio/rung-person.ts'
import { twilioSid } from '../../../src/sandbox/twilio/sid.ts'
import { openTwilioStandIn } from '../../../src/sandbox/twilio/stand-in.ts'
import type { Refused } from '../../../src/sandbox/twilio/wanted-call.ts'
import { openWholeCalls } from '../whole-calls.ts'

const ACCOUNT = `AC${'0'.repeat(32)}`
const OWN = '+15550001000'
/** How long after the first caller has begun to ring the other one is rung. */
const AFTER_MS = 3_000

const silent = (hangUpAfterMs: number, from: string): Script => ({
  ...{ name: 'silent', about: '', from, voice: 'none', utterances: [], expect: {} },
  hangUp: { after: 'answered', ms: hangUpAfterMs, withStop: true },
})

/** Somebody who is rung, beside a first caller who stays for so long. */
interface Case {
  readonly person: RungPerson | Refused
  readonly staysMs: number
  readonly callbacks?: 'once' | 'twice' | 'never'
  readonly asked?: Partial<ToRing>
}
const answers = (afterMs = 4_000, staysMs = 6_000): RungPerson => ({
  ...{ kind: 'answers', afterMs },
  script: silent(staysMs, OWN),
})

/** The server, and a Twilio by whose REST it rings one person for each case, all at once. */
async function rung<Name extends string>(cases: Readonly<Record<Name, Case>>) {
  const byNumber = new Map(
    Object.entries<Case>(cases).map(([name, one], i) => [`+1555200${1_000 + i}`, { ...one, name, seed: i + 1 }]),
  )
  const env = { TWILIO_API_URL: 'http://127.0.0.1', TWILIO_ACCOUNT_SID: ACCOUNT }
  const all = await openWholeCalls({ env: { ...env, RING_OUT_FROM: OWN, RING_OUT_TO: '+1555' } })
  const made = new Map<string, { readonly callSid: string; readonly record: Promise<CallRecord | undefined> }>()
  const twilio = await openTwilioStandIn({
    serve: app => all.network.serve('127.0.0.1', app),
    ...{ accountSid: ACCOUNT, authToken: SANDBOX_AUTH_TOKEN, ticker: all.ticker, network: all.network },
    outbound: {
      ...{ publicUrl: all.url, dialUrl: all.url, announceUrl: all.standIns.deepgram.url, numbers: [OWN] },
      person: number => byNumber.get(number)?.person ?? { code: 21211, message: 'nobody' },
      callbacks: number => byNumber.get(number)?.callbacks ?? 'once',
      onCall: (callSid, to, record) => void made.set(to, { callSid, record }),
    },
  })
  onTestFinished(async () => {
    await all.passing(twilio.close())
    await all.close()
  })
  const never = new AbortController()
  async function notesOf(callId: string) {
    const lines = await readJournal(join(all.dataDir, 'calls', callId, 'journal.jsonl'))
    return lines.flatMap(line => ('noted' in line && /^r(?:ing|ung)/.test(line.noted.kind) ? [line.noted] : []))
  }
  async function one([number, { seed, staysMs, asked }]: readonly [string, Case & { readonly seed: number }]) {
    const first = twilioSid('CA', seeded(seed))
    const ringing = async (): Promise<readonly [RungOut, number]> => {
      await all.clock.sleep(AFTER_MS, never.signal)
      const fromMs = all.clock.now()
      const wanted = { number, agent: 'receptionist', besideCallId: first, ...asked }
      return [await all.partyline.ringOut(wanted, never.signal), all.clock.now() - fromMs]
    }
    const from = `+1555010${1_000 + seed}`
    const [[outcome, tookMs]] = await Promise.all([ringing(), all.rung(silent(staysMs, from), { seed })])
    const { callSid, record } = made.get(number) ?? {}
    return { first, outcome, tookMs, callSid, record: await record, number }
  }
  const over = await all.passing(Promise.all([...byNumber].map(one)))
  const came = await Promise.all(over.map(async one => ({ ...one, notes: await notesOf(one.first) })))
  const results = Object.fromEntries([...byNumber.values()].map(({ name }, i) => [name, came[i]]))
  return { ...all, notesOf, came: results as Record<Name, (typeof came)[number]> }
}

test('people are rung beside calls: who answers is held, and why others are not reached is told', async () => {
  const alone = { asked: { besideCallId: undefined }, staysMs: 3_500 }
  const { came, notesOf, partyline, logged } = await rung({
    held: { person: answers(), staysMs: 9_000 },
    twice: { person: answers(), callbacks: 'twice', ...alone },
    busy: { person: { kind: 'is-busy', afterMs: 2_000 }, ...alone },
    untold: { person: { kind: 'is-busy', afterMs: 2_000 }, callbacks: 'never', ...alone },
    unanswered: { person: { kind: 'does-not-answer' }, ...alone },
    nowhere: { person: { kind: 'fails', afterMs: 500 }, ...alone },
    abroad: { person: { code: 21215, message: 'no' }, ...alone },
    premium: { person: answers(), staysMs: 3_500, asked: { number: '+19005550123' } },
    hungUp: { person: answers(12_000), staysMs: 6_000 },
    hungUpBefore: { person: answers(3_020, 7_000), staysMs: 6_000 },
    hungUpAfter: { person: answers(2_960, 7_000), staysMs: 6_000 },
  })
  const { held, twice, busy, untold, unanswered, hungUp } = came
  expect(
    Object.entries(came).map(([name, { outcome }]) => [name, 'why' in outcome ? outcome.why : 'held']),
  ).toMatchObject([
    ...[
      ['held', 'held'],
      ['twice', 'held'],
      ['busy', 'busy'],
      ['untold', 'busy'],
      ['unanswered', 'no-answer'],
    ],
    ...[
      ['nowhere', 'failed'],
      ['abroad', 'refused'],
      ['premium', 'refused'],
      ['hungUp', 'cancelled'],
    ],
    ['hungUpBefore', 'cancelled'],
    ['hungUpAfter', expect.stringMatching(/^(?:held|cancelled)$/)],
  ])

  expect(held.outcome).toEqual({ kind: 'held', callId: held.callSid })
  expect([held.tookMs >= 4_000, held.tookMs < 5_000]).toEqual([true, true])
  for (const { record } of [held, twice]) {
    expect(record).toMatchObject({ status: 'completed', endedBy: 'caller', warnings: [] })
    expect(record?.agentSpans.length).toBeGreaterThan(0)
  }
  expect(await notesOf(held.callSid ?? '')).toEqual([
    { kind: 'rung-by-us', ring: expect.any(String), besideCallId: held.first },
  ])
  expect(held.notes).toEqual([
    { kind: 'ringing-out', agent: 'receptionist', endsIn: held.number.slice(-2) },
    { kind: 'rung-out', outcome: 'held', callId: held.callSid },
  ])

  const summary = await partyline.records.get(held.callSid ?? '', 'numbers', new AbortController().signal)
  expect(summary).toMatchObject({ direction: 'outbound', caller: held.number, agent: 'receptionist', channel: 'phone' })

  expect(busy.tookMs).toBeLessThan(2_500)
  // Twilio is asked every three seconds how the call stands.
  expect(untold.tookMs).toBeLessThan(3_500)
  expect(unanswered.tookMs).toBeLessThan(26_000)
  expect(hungUp.tookMs).toBeLessThan(6_000 - AFTER_MS + 500)
  expect(hungUp.notes.at(-1)).toEqual({ kind: 'rung-out', outcome: 'cancelled' })
  expect(came.premium.callSid).toBeUndefined()
  // Nobody stays on a line on which nobody speaks: they would for seven seconds.
  for (const { record, outcome } of [came.hungUpBefore, came.hungUpAfter])
    if (outcome.kind !== 'held') expect((record?.legs.caller.length ?? 0) / 8).toBeLessThan(5_000)
  for (const { record } of [busy, untold, unanswered, came.nowhere, hungUp]) expect(record).toBeUndefined()

  expect(partyline.calls.live()).toBe(0)
  const warned = logged.filter(line => /"level":(?:40|50|60)/.test(line))
  expect(warned.filter(line => !line.includes('Twilio refuses to ring a number'))).toEqual([])
  for (const secret of [OWN, '+1555', '5552001']) expect(logged.join('')).not.toContain(secret)
})
