import { monitorEventLoopDelay } from 'node:perf_hooks'
import { systemClock as clock } from '../../src/clock.ts'
import type { JournalLine } from '../../src/conversation/lines.ts'
import { bareText } from '../../src/conversation/turn/utterance.ts'
import { outcomeOf } from '../../src/journal/outcome.ts'
import { storeIn } from '../../src/journal/store.ts'
import { english } from '../../src/languages/english.ts'
import { seeded } from '../../src/sandbox/chance.ts'
import { voicedSpans } from '../../src/sandbox/ringing/voiced-spans.ts'
import type { CallOutcome } from '../../src/sandbox/twilio/call.ts'
import { type Happening, type Moment, planFor } from './moments.ts'
import type { Wish } from './person.ts'
import { type PlacedCall, placed } from './placed-call.ts'
import type { Rig } from './rig.ts'
import type { LiveServer } from './servers.ts'
import { sideEffects } from './side-effects.ts'
import { type Strike, type Struck, strike, WAITS_MS, WORDS_WITHIN_MS } from './strike.ts'
import { saidOf, type WishName } from './wishes.ts'

/** A machine that stalls for longer says nothing of the product. */
const BEARABLE_MS = 400

/** What one kill came to, or one freeze. */
export interface Killed {
  readonly seed: number
  readonly how: Strike
  readonly moment: Moment
  /** From then to the agent's next voice, on the carrier's recording; undefined where there was none. */
  readonly wordsMs: number | undefined
  /** Whatever was not as it should be, by what it is about. */
  readonly problems: readonly Problem[]
  /** How long the machine stalled at worst. */
  readonly stalledMs: number
  readonly isVoid: boolean
}

export interface Problem {
  readonly about: 'words' | 'kept' | 'twice' | 'held' | 'order'
  readonly what: string
}

export interface KillAsked {
  readonly how: Strike
  readonly moment: Moment
  readonly seed: number
  /** Each call needs another one: its identifiers are made of it. */
  readonly callSeed: number
  readonly from: string
}

/** One call, and what befalls the server that holds it. */
export async function oneKill(
  rig: Rig,
  { how, moment, seed, callSeed, from }: KillAsked,
  wishOf: (name: WishName) => Wish,
  signal: AbortSignal,
): Promise<Killed> {
  const draw = seeded(seed)
  const plan = planFor(moment, draw)
  const stalls = monitorEventLoopDelay({ resolution: 10 })
  stalls.enable()
  await rig.servers.complete()
  const content = new Set<WishName>()
  const over = new AbortController()
  let kill: Promise<void> | undefined
  let struck: Struck | undefined
  let holder: LiveServer | undefined
  let killedMs: number | undefined
  let contentBefore: readonly WishName[] = []
  let serverLateMs = 0
  let call: PlacedCall | undefined

  async function killAfter(ms: number): Promise<void> {
    await clock.sleep(ms, signal)
    holder = call?.holder()
    if (!holder || !call) return
    contentBefore = [...content]
    killedMs = call.person.atMs
    struck = await strike(how, rig, call, holder, draw, AbortSignal.any([signal, over.signal]))
  }

  function happens(some: Happening): void {
    const ms = kill ? undefined : plan.delayMs(some)
    if (ms !== undefined) kill = killAfter(ms)
  }

  rig.tool.onAsked = () => happens({ of: 'tool' })
  call = await placed(
    rig,
    {
      ...{ seed: callSeed, from, wishes: plan.wishes.map(wishOf), goesOn: draw() < 0.5 },
      ...(how !== 'kill' && { unheardMs: WAITS_MS }),
      onEvent(event) {
        if (event.kind === 'content') content.add(plan.wishes[event.wish] as WishName)
        happens('wish' in event ? { of: 'person', event } : { of: 'carrier', event })
      },
      onLine(line, dataDir) {
        // One that stood still was late with its frames.
        if (how === 'freeze' && dataDir === holder?.dataDir) return
        serverLateMs = Math.max(serverLateMs, latenessIn(line))
        happens({ of: 'journal', line })
      },
    },
    signal,
  )
  const outcome = await call.done
  over.abort(new Error('the call is over'))
  await kill
  stalls.disable()
  const stalledMs = Math.max(stalls.max / 1e6, serverLateMs)
  const wordsMs = killedMs === undefined ? undefined : wordsAfter(killedMs, outcome)
  const effects = await sideEffects(rig, call.callSid, from, plan.wishes)
  const problems = [
    ...(killedMs === undefined ? [about('order', 'the moment never came: nobody was killed')] : waited(wordsMs, how)),
    ...(await kept(rig, call.callSid, contentBefore)),
    ...effects.more.map(what => about('twice', what)),
    ...effects.less.map(what => about('order', what)),
    ...(how === 'freeze' ? [] : heldTwice(call)),
    ...((await struck?.wrongs()) ?? []).map(what => about('held', what)),
    ...order(call, outcome, content, plan.wishes),
  ]
  // Whatever the machine does, nothing is done or held twice, and nothing that was finished is lost.
  const isLate = problems.length > 0 && problems.every(({ about }) => about === 'words' || about === 'order')
  return { seed, how, moment, wordsMs, problems, stalledMs, isVoid: isLate && stalledMs > BEARABLE_MS }
}

const about = (about: Problem['about'], what: string): Problem => ({ about, what })

/** How late the server was with its frames, as it notes at the end of a stream. */
const latenessIn = (line: JournalLine): number =>
  'noted' in line && line.noted.kind === 'frames-paced' ? Number(line.noted.mostMs) : 0

/** Sound that Twilio had not played when the stream broke is never heard, so the next voice is that of the next stream. */
function wordsAfter(killedMs: number, { events, legs }: CallOutcome): number | undefined {
  const next = events.find(({ kind, atMs }) => kind === 'stream-started' && atMs > killedMs)
  const voice = next && voicedSpans(legs.agent).find(({ endMs }) => endMs > next.atMs)
  return voice && Math.round(Math.max(voice.startMs, next.atMs) - killedMs)
}

function waited(wordsMs: number | undefined, how: Strike): readonly Problem[] {
  if (wordsMs === undefined) return [about('words', 'no words were heard again')]
  return wordsMs > WORDS_WITHIN_MS[how] ? [about('words', `words were heard again after ${wordsMs} ms`)] : []
}

/** The turns that were answered before the kill are in the committed journal, and in what the conversation knows. */
async function kept(rig: Rig, callSid: string, answered: readonly WishName[]): Promise<readonly Problem[]> {
  try {
    const texts = await (await storeIn(rig.database)).linesOf(callSid)
    const lines = texts.map(text => JSON.parse(text) as JournalLine)
    // A pause of the machine may have made two turns of one.
    const said = outcomeOf(lines, english)
      .callerTurns.map(turn => bareText(turn))
      .join(' ')
    return answered
      .filter(name => !said.includes(bareText(saidOf(name))))
      .map(name => about('kept', `"${saidOf(name)}" is not in the journal: ${said}`))
  } catch (error) {
    return [about('kept', `the journal makes no sense: ${error}`)]
  }
}

function heldTwice({ streams }: PlacedCall): readonly Problem[] {
  return streams().flatMap((stream, i, all) => {
    const next = all[i + 1]
    const isOver = next === undefined || stream.lastSentMs <= next.openedMs
    return isOver ? [] : [about('held', `stream ${i + 1} went on after stream ${i + 2} had begun`)]
  })
}

function order(
  { person, streams }: PlacedCall,
  outcome: CallOutcome,
  content: ReadonlySet<WishName>,
  wishes: readonly WishName[],
): readonly Problem[] {
  const { status, gaveUp, why, events } = outcome
  const said = events.flatMap(event => (event.kind === 'say' ? [event.text] : []))
  // The agent ends the call with its goodbye.
  const unmet = wishes.filter(name => name !== 'goodbye' && !content.has(name))
  return [
    ...(person.complaint === undefined ? [] : [person.complaint]),
    ...(status === 'completed' && !gaveUp ? [] : [`it ended as ${status}: ${why}`]),
    ...said.map(text => `the carrier said "${text}"`),
    ...(unmet.length === 0 ? [] : [`never answered: ${unmet.join(', ')} (${why})`]),
    ...(streams().length === 2 ? [] : [`it had ${streams().length} streams`]),
  ].map(what => about('order', what))
}
