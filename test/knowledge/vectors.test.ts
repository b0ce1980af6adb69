import { expect, test } from 'vitest'
import { openDatabase } from '../../src/database/database.ts'
import { embedPieces } from '../../src/knowledge/embed-pieces.ts'
import { knowledgeIn } from '../../src/knowledge/store/store.ts'
import { databasesFor } from '../tasks/databases.ts'
import { fakeEmbedder, folderOf, NEVER, openKnowledgeStore, writeInto } from './opened.ts'

const FILES = {
  'prices.md': '# Prices\nA ticket costs twelve euros.',
  'dogs.md': '# Animals\nPets wait outside.',
  'hours.md': '# Hours\nWe are open from nine to five.',
  'lunch.md': '# Lunch\nThere is food at noon.',
}
const databases = await databasesFor('the tests of vectors')
const sqlite = databases.filter(({ name }) => name === 'SQLite')
const nothing = (): void => undefined

test.each(sqlite)('on $name, what means the same is found in other words, and nothing else is', async ({ newUrl }) => {
  const { read, found, store, warnings } = await openKnowledgeStore(await newUrl(), fakeEmbedder())
  await read(await folderOf(FILES))
  expect(await embedPieces(store, fakeEmbedder(), nothing, NEVER)).toEqual({ made: 4, replaced: [] })
  expect(await found('is it expensive?')).toEqual(['prices.md: A ticket costs twelve euros.'])
  expect(await found('I am hungry', { sure: true })).toEqual(['lunch.md: There is food at noon.'])
  expect(await found('the colour of your bicycle')).toEqual([])
  expect(warnings).toEqual([])
})

test.each(sqlite)('on $name, vectors are made once, and what is gone is not found any more', async ({ newUrl }) => {
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

test.each([
  ['of another model', { name: 'fake/two' }],
  ['of another length', { length: 12 }],
])('vectors %s are never compared: they are made anew, and until then words decide', async (_, other) => {
  const url = (await sqlite[0]?.newUrl()) ?? ''
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
})

test.each(sqlite)('on $name, an embedder that fails leaves the words, and says so once', async ({ newUrl }) => {
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

test.each(sqlite)('on $name, vectors that were being made when it failed go on from there', async ({ newUrl }) => {
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

test.each(databases.filter(({ name }) => name === 'PostgreSQL'))(
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
