import type { Database } from '../database/database.ts'

/** Whether the caller has agreed that facts are kept: `asked` is one who was asked, and has not said yes. */
export type Consent = 'unasked' | 'asked' | 'yes' | 'no'

export const ABOUT = ['name', 'speed', 'answers', 'other'] as const

export interface Fact {
  readonly about: (typeof ABOUT)[number]
  readonly text: string
  /** When the caller said it, ISO 8601. */
  readonly saidAt: string
}

export interface Remembered {
  readonly consent: Consent
  /** The oldest first. */
  readonly facts: readonly Fact[]
}

/** Where a fact comes from. */
export interface Saying {
  readonly callId: string
  readonly at: Date
}

/** `caller` is a keyed hash of the number; times are ISO 8601 in UTC. */
type Tables = {
  caller_consents: { caller: string; consent: string; call_id: string; seen_at: string }
  caller_facts: { caller: string; place: number; about: string; text: string; call_id: string; said_at: string }
}

const TABLES = [
  `create table if not exists caller_consents (caller text primary key, consent text not null, call_id text not null,
    seen_at text not null)`,
  'create index if not exists caller_consents_by_time on caller_consents (seen_at)',
  `create table if not exists caller_facts (caller text not null, place integer not null, about text not null,
    text text not null, call_id text not null, said_at text not null, primary key (caller, place))`,
  'create index if not exists caller_facts_by_call on caller_facts (call_id)',
]

const MOST_FACTS = 20
/** A statement takes a bounded number of values. */
const IDS_AT_ONCE = 200
/** Of these a caller has one each; others come after them. */
const PLACES: Readonly<Record<string, number>> = { name: 0, speed: 1, answers: 2 }
const FIRST_OTHER = 10

/** What callers want remembered for their next calls, by their numbers. */
export interface CallerFacts {
  of(owner: string): Promise<Remembered>
  /** The caller is being asked for their consent. */
  asked(owner: string, saying: Saying): Promise<void>
  /** They have agreed, and said this. A name, a speed and a length replace the one before, a fact the oldest of twenty. */
  remember(owner: string, fact: Pick<Fact, 'about' | 'text'>, saying: Saying): Promise<void>
  /** Deletes all facts, and keeps that the caller wants none kept. Gives how many there were. */
  forget(owner: string, saying: Saying): Promise<number>
  /** They call again, so what is known of them stays. */
  seen(owner: string, at: Date): Promise<void>
  /** Deletes all of this caller, by the hash of their number. */
  erase(caller: string): Promise<void>
  /** Deletes what was said in these calls. */
  eraseOf(callIds: readonly string[]): Promise<void>
  /** Deletes all of at most `most` callers who have not called since then; gives how many. */
  tidy(before: Date, most: number): Promise<number>
}

/** In a database; missing tables are made. `hashOf` makes the keyed hash of a number. */
export async function callerFactsIn(database: Database, hashOf: (owner: string) => string): Promise<CallerFacts> {
  await database.make(TABLES)
  const db = database.db.withTables<Tables>()

  const factsOf = (caller: string, on: Pick<typeof db, 'selectFrom'> = db) =>
    on.selectFrom('caller_facts').selectAll().where('caller', '=', caller).orderBy('said_at').orderBy('place').execute()
  const consentRow = (caller: string, consent: Consent, { callId, at }: Saying) => ({
    ...{ caller, consent, call_id: callId, seen_at: at.toISOString() },
  })

  async function decide(on: Pick<typeof db, 'insertInto'>, row: Tables['caller_consents']): Promise<void> {
    const { caller: _, ...rest } = row
    await on
      .insertInto('caller_consents')
      .values(row)
      .onConflict(conflict => conflict.column('caller').doUpdateSet(rest))
      .execute()
  }

  return {
    async of(owner) {
      const caller = hashOf(owner)
      const [decided, facts] = await Promise.all([
        db.selectFrom('caller_consents').select('consent').where('caller', '=', caller).executeTakeFirst(),
        factsOf(caller),
      ])
      const consent = (decided?.consent ?? 'unasked') as Consent
      const told = facts.map(({ about, text, said_at }) => ({ about: about as Fact['about'], text, saidAt: said_at }))
      return { consent, facts: consent === 'yes' ? told : [] }
    },
    asked: (owner, saying) => decide(db, consentRow(hashOf(owner), 'asked', saying)),
    remember: (owner, { about, text }, saying) =>
      db.transaction().execute(async transaction => {
        const caller = hashOf(owner)
        // Written first: who else writes of this caller waits for it.
        await decide(transaction, consentRow(caller, 'yes', saying))
        const place = PLACES[about] ?? placeFor(text, await factsOf(caller, transaction))
        const row = { about, text, call_id: saying.callId, said_at: saying.at.toISOString() }
        await transaction
          .insertInto('caller_facts')
          .values({ caller, place, ...row })
          .onConflict(conflict => conflict.columns(['caller', 'place']).doUpdateSet(row))
          .execute()
      }),
    forget: (owner, saying) =>
      db.transaction().execute(async transaction => {
        const caller = hashOf(owner)
        await decide(transaction, consentRow(caller, 'no', saying))
        const gone = await transaction.deleteFrom('caller_facts').where('caller', '=', caller).executeTakeFirst()
        return Number(gone.numDeletedRows)
      }),
    async seen(owner, at) {
      await db
        .updateTable('caller_consents')
        .set({ seen_at: at.toISOString() })
        .where('caller', '=', hashOf(owner))
        .execute()
    },
    async erase(caller) {
      await db.transaction().execute(async transaction => {
        await transaction.deleteFrom('caller_facts').where('caller', '=', caller).execute()
        await transaction.deleteFrom('caller_consents').where('caller', '=', caller).execute()
      })
    },
    async eraseOf(callIds) {
      for (let from = 0; from < callIds.length; from += IDS_AT_ONCE) {
        const some = callIds.slice(from, from + IDS_AT_ONCE)
        await db.deleteFrom('caller_facts').where('call_id', 'in', some).execute()
        await db.deleteFrom('caller_consents').where('call_id', 'in', some).execute()
      }
    },
    tidy: (before, most) =>
      db.transaction().execute(async transaction => {
        const old = await transaction
          .selectFrom('caller_consents')
          .select('caller')
          .where('seen_at', '<', before.toISOString())
          .orderBy('seen_at')
          .limit(most)
          .execute()
        const callers = old.map(({ caller }) => caller)
        if (callers.length === 0) return 0
        await transaction.deleteFrom('caller_facts').where('caller', 'in', callers).execute()
        await transaction.deleteFrom('caller_consents').where('caller', 'in', callers).execute()
        return callers.length
      }),
  }
}

/** The place of the same fact, or a free one, or that of the oldest. */
function placeFor(text: string, facts: readonly Tables['caller_facts'][]): number {
  const others = facts.filter(({ place }) => place >= FIRST_OTHER)
  const same = others.find(fact => fact.text.toLowerCase() === text.toLowerCase())
  if (same) return same.place
  const places = Array.from({ length: MOST_FACTS }, (_, index) => FIRST_OTHER + index)
  const free = places.find(place => !others.some(fact => fact.place === place))
  return free ?? others[0]?.place ?? FIRST_OTHER
}
