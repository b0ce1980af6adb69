import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { openDatabase } from '../../src/database/database.ts'
import { embedPieces } from '../../src/knowledge/embed-pieces.ts'
import { type Embedder, normalized } from '../../src/knowledge/embeddings/embedder.ts'
import { knowledgeIn } from '../../src/knowledge/store/store.ts'
import { databasesFor } from '../tasks/databases.ts'
import { fakeEmbedder, folderOf, NEVER, openKnowledgeStore, vectorsOf, writeInto } from './opened.ts'
import { databasesWithVectors } from './with-vectors.ts'

const FILES = {
  'prices.md': '# Prices\nA ticket costs twelve euros.',
  'dogs.md': '# Animals\nPets wait outside.',
  'hours.md': '# Hours\nWe are open from nine to five.',
  'lunch.md': '# Lunch\nThere is food at noon.',
}
const databases = await databasesWithVectors()
const postgres = databases.filter(({ name }) => name === 'PostgreSQL')
const nothing = (): void => undefined

test.each(databases)(
  'on $name, what means the same is found in other words, and nothing else is',
  async ({ newUrl }) => {
    const { read, found, store, warnings } = await openKnowledgeStore(await newUrl(), fakeEmbedder())
    await read(await folderOf(FILES))
    expect(await embedPieces(store, fakeEmbedder(), nothing, NEVER)).toEqual({ made: 4, replaced: [] })
    expect(await found('is it expensive?')).toEqual(['prices.md: A ticket costs twelve euros.'])
    expect(await found('I am hungry', { sure: true })).toEqual(['lunch.md: There is food at noon.'])
    expect(await found('the colour of your bicycle')).toEqual([])
    expect(warnings).toEqual([])
  },
)

test.each(databases)('on $name, vectors are made once, and what is gone is not found any more', async ({ newUrl }) => {
  const embedder = fakeEmbedder()
  const { read, found, store } = await openKnowledgeStore(await newUrl(), fakeEmbedder())
  const folder = await folderOf(FILES)
  await read(folder)
  await embedPieces(store, embedder, nothing, NEVER)
  const asked = embedder.asked.length
  await writeInto(folder, {
    'dogs.md': '# Animals\nPets wait outside.\n# Cats\nCats may come in.',
    'prices.md': '# Free\nNothing.',
  })
  await read(folder)
  expect(await found('is it expensive?')).toEqual([])
  expect(await embedPieces(store, embedder, nothing, NEVER)).toEqual({ made: 2, replaced: [] })
  // A word that tells how long its vectors are, and what is new.
  expect(embedder.asked.slice(asked)).toEqual(['Partyline', 'Animals › Cats\nCats may come in.', 'Free\nNothing.'])
  expect(await found('is it expensive?')).toEqual([])
  expect(await found('my pet')).toContain('dogs.md: Pets wait outside.')
})

test.each(
  databases.flatMap(({ name, newUrl }) => [
    { name, newUrl, what: 'of another model', other: { name: 'fake/two' } },
    { name, newUrl, what: 'of another length', other: { length: 12 } },
  ]),
)(
  'on $name, vectors $what are never compared: they are made anew, until then words decide',
  async ({ newUrl, other }) => {
    const url = await newUrl()
    const before = await openKnowledgeStore(url, fakeEmbedder())
    await before.read(await folderOf(FILES))
    await embedPieces(before.store, fakeEmbedder(), nothing, NEVER)

    const changed = fakeEmbedder(other)
    const { found, store, warnings } = await openKnowledgeStore(url, changed)
    expect(await found('is it expensive?')).toEqual([])
    expect(await found('how much is a ticket?')).toEqual(['prices.md: A ticket costs twelve euros.'])
    expect(warnings).toEqual([
      expect.stringMatching(/by their words alone.*no document has a vector of .*npm run ingest makes them/),
    ])
    expect(await embedPieces(store, changed, nothing, NEVER)).toEqual({ made: 4, replaced: ['fake/one#8'] })
    expect(await found('is it expensive?')).toEqual(['prices.md: A ticket costs twelve euros.'])
    // A server that still has the model of before goes on with words.
    expect(await before.found('is it expensive?')).toEqual([])
    expect(await before.found('how much is a ticket?')).toHaveLength(1)
  },
)

test.each(databases)('on $name, an embedder that fails leaves the words, and says so once', async ({ newUrl }) => {
  const embedder = fakeEmbedder()
  let fails = false
  const failing = {
    ...embedder,
    embed: (...of: Parameters<typeof embedder.embed>) =>
      fails ? Promise.reject(new Error('away')) : embedder.embed(...of),
  }
  const { read, found, store, warnings } = await openKnowledgeStore(await newUrl(), failing)
  await read(await folderOf(FILES))
  await embedPieces(store, embedder, nothing, NEVER)
  fails = true
  expect(await found('how much is a ticket?')).toHaveLength(1)
  expect(await found('is it expensive?')).toEqual([])
  expect(warnings).toEqual([expect.stringContaining('away')])
  fails = false
  expect(await found('is it expensive?')).toHaveLength(1)
})

test.each(databases)('on $name, vectors that were being made when it failed go on from there', async ({ newUrl }) => {
  const embedder = fakeEmbedder()
  let left = 2
  const breaking = {
    ...embedder,
    most: 1,
    embed: (...of: Parameters<typeof embedder.embed>) =>
      left-- > 0 ? embedder.embed(...of) : Promise.reject(new Error('the quota is spent')),
  }
  const { read, store } = await openKnowledgeStore(await newUrl())
  await read(await folderOf(FILES))
  await expect(embedPieces(store, breaking, nothing, NEVER)).rejects.toThrow('the quota is spent')
  expect(await embedPieces(store, embedder, nothing, NEVER)).toEqual({ made: 3, replaced: [] })
})

test.each((await databasesFor('a test of vectors')).filter(({ name }) => name === 'PostgreSQL'))(
  'on $name without pgvector it is said plainly, and documents are found by their words',
  async ({ newUrl }) => {
    const url = await newUrl()
    const { read, found } = await openKnowledgeStore(url, fakeEmbedder())
    await read(await folderOf(FILES))
    expect(await found('how much is a ticket?')).toEqual(['prices.md: A ticket costs twelve euros.'])
    const database = await openDatabase(url)
    const { noVectors } = await knowledgeIn(database, { adds: true })
    await database.close()
    expect(noVectors).toMatch(
      /^PostgreSQL has no pgvector \(.*vector.*\), so documents are found by their words alone$/s,
    )
  },
)

test.each(databases)(
  'on $name, the nearest come first, each with its cosine, at whatever length',
  async ({ newUrl }) => {
    const { store, read } = await openKnowledgeStore(await newUrl())
    await read(await folderOf(Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`${i}.md`, `Number ${i}.`]))))
    for (const length of [8, 3_072]) {
      const seeded = seededEmbedder(length)
      await embedPieces(store, seeded, nothing, NEVER)
      const vectors = vectorsOf(store)
      const [asked = new Float32Array()] = await seeded.embed(['Number 100.'], NEVER)
      const near = await vectors.nearest(`seeded/${length}#${length}`, asked, ['docs'], 12, NEVER)
      const cosines = []
      for (const { piece } of near?.pieces ?? []) {
        const [own] = await seeded.embed([(await store.pieces([piece]))[0]?.text ?? ''], NEVER)
        cosines.push(own?.reduce((sum, value, i) => sum + value * (asked[i] ?? 0), 0) ?? Number.NaN)
      }
      expect(cosines).toHaveLength(12)
      for (const [i, { likeness }] of (near?.pieces ?? []).entries()) expect(likeness).toBeCloseTo(cosines[i] ?? 2, 5)
      expect(near?.pieces.map(({ likeness }) => likeness)).toEqual(
        near?.pieces.map(({ likeness }) => likeness).toSorted((one, other) => other - one),
      )
      expect(await vectors.nearest(`seeded/${length}#${length}`, asked, ['other'], 12, NEVER)).toBeUndefined()
      await vectors.close()
    }
  },
)

test.each(databases)(
  'on $name, two servers that read and embed the same documents at once leave each with one vector',
  async ({ newUrl }) => {
    const url = await newUrl()
    const [one, other] = [await openKnowledgeStore(url, fakeEmbedder()), await openKnowledgeStore(url, fakeEmbedder())]
    const folder = await folderOf(FILES)
    await Promise.all(
      [one, other].map(async ({ read, store }) => {
        await read(folder)
        await embedPieces(store, fakeEmbedder(), nothing, NEVER)
      }),
    )
    const ids = await one.store.db.selectFrom('knowledge_vectors').select('piece').execute()
    expect(ids).toHaveLength(4)
    for (const { found, warnings } of [one, other]) {
      expect(await found('is it expensive?')).toEqual(['prices.md: A ticket costs twelve euros.'])
      expect(warnings).toEqual([])
    }
  },
)

test.each(postgres)(
  'on $name, vectors lie in their rows, and those of tables of before come there',
  async ({ newUrl }) => {
    const url = await newUrl()
    const database = await openDatabase(url)
    await database.make([
      'create extension vector',
      'create table knowledge_vectors (piece bigint primary key, model text not null, vector vector not null)',
    ])
    const { store, read } = await openKnowledgeStore(url)
    await read(await folderOf(FILES))
    await embedPieces(store, fakeEmbedder({ length: 1_536 }), nothing, NEVER)
    const { rows } = await sql<{ bytes: string }>`
    select pg_relation_size(reltoastrelid) as bytes from pg_class where oid = 'knowledge_vectors'::regclass`.execute(
      database.db,
    )
    expect(Number(rows[0]?.bytes)).toBe(0)
    await database.close()
  },
)

test.each(postgres)(
  'on $name, pgvector in a schema that is not looked into is said plainly, and words are found',
  async ({ newUrl }) => {
    const url = await newUrl()
    const database = await openDatabase(url)
    await database.make([
      'drop schema if exists elsewhere cascade',
      'create schema elsewhere',
      'create extension vector schema elsewhere',
    ])
    const { store, read, found } = await openKnowledgeStore(url, fakeEmbedder())
    expect(store.noVectors).toMatch(/^PostgreSQL has no pgvector \(type "vector" does not exist\), so documents/)
    await read(await folderOf(FILES))
    expect(await found('how much is a ticket?')).toEqual(['prices.md: A ticket costs twelve euros.'])
    await database.make(['drop schema elsewhere cascade'])
    await database.close()
  },
)

/** Each number has a vector of its own, and one has none. */
function seededEmbedder(length: number): Embedder {
  return {
    ...{ name: `seeded/${length}`, where: 'seeded', most: 16 },
    embed: async texts =>
      texts.map(text => {
        const number = Number(/Number (\d+)/.exec(text)?.[1] ?? 1_000)
        if (number === 7) return new Float32Array(length)
        let seed = number + 1
        return normalized(
          new Float32Array(length).map(() => {
            seed = (seed * 48_271) % 2_147_483_647
            return seed / 2_147_483_647 - 0.5
          }),
        )
      }),
    close: async () => undefined,
  }
}
