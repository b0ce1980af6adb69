import type { JournalLine } from '../../src/conversation/lines.ts'
import type { CallEvent } from '../../src/sandbox/twilio/call-event.ts'
import type { PersonEvent } from './person.ts'
import type { WishName } from './wishes.ts'

/** When the server is killed that holds a call. */
export const MOMENTS = ['greeting', 'speaking', 'patience', 'answer', 'change', 'slow change', 'question'] as const
export type Moment = (typeof MOMENTS)[number]

/** What happens in a call that may be the moment: at its carrier, to its person, in its journal, at somebody else's tool. */
export type Happening =
  | { readonly of: 'carrier'; readonly event: CallEvent }
  | { readonly of: 'person'; readonly event: PersonEvent }
  | { readonly of: 'journal'; readonly line: JournalLine }
  | { readonly of: 'tool' }

/** A call in which the server is killed once. */
export interface Plan {
  readonly moment: Moment
  readonly wishes: readonly WishName[]
  /** How long after this the server is killed; undefined where this is not yet the moment. */
  delayMs(happening: Happening): number | undefined
}

/** `draw` gives numbers in [0, 1); it is asked twice, whatever the moment. */
export function planFor(moment: Moment, draw: () => number): Plan {
  const share = draw()
  const between = (fromMs: number, toMs: number): number => Math.round(fromMs + share * (toMs - fromMs))
  const wish: WishName = draw() < 0.5 ? 'proposal' : 'list'
  const personal =
    (kind: PersonEvent['kind'], delay: (event: PersonEvent) => number) =>
    (some: Happening): number | undefined =>
      some.of === 'person' && some.event.kind === kind && some.event.wish === 1 ? delay(some.event) : undefined
  const planned = (second: readonly WishName[], delayMs: Plan['delayMs']): Plan => ({
    moment,
    wishes: ['vendor', ...second, ...(second.includes('list') ? [] : (['list'] as const)), 'goodbye'],
    delayMs,
  })
  switch (moment) {
    case 'greeting':
      return planned([], some =>
        some.of === 'carrier' && some.event.kind === 'stream-started' ? between(150, 2_500) : undefined,
      )
    case 'speaking':
      return planned(
        [wish],
        personal('speaks', event => (event.kind === 'speaks' ? event.lastsMs * (0.1 + 0.8 * share) : 0)),
      )
    case 'patience':
      return planned(
        [wish],
        personal('spoke', () => between(20, 450)),
      )
    case 'answer':
      return planned(
        [wish],
        personal('hears', () => between(50, 1_800)),
      )
    case 'change': {
      let calls = 0
      return planned(['proposal'], some => {
        if (some.of !== 'journal' || !('input' in some.line) || some.line.input.kind !== 'tool-called') return undefined
        return some.line.input.call.name === 'create_task' && ++calls === 2 ? between(0, 80) : undefined
      })
    }
    case 'slow change':
      return planned(['invoice'], some => (some.of === 'tool' ? between(50, 1_400) : undefined))
    case 'question':
      return planned(
        ['delete', 'yes'],
        personal('hears', () => between(100, 2_800)),
      )
  }
}
