import { rm, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { databasesFor } from '../tasks/databases.ts'
import { folderOf, openKnowledgeStore, writeInto } from './opened.ts'

const HOURS = '# Opening hours\nWe are open from nine to five.\n## Holidays\nOn public holidays the house is closed.'
const PRICES = '# Prices\nA ticket for adults costs twelve euros. Children under six pay nothing.'

describe.each(await databasesFor('the tests of documents'))('on $name', ({ newUrl }) => {
  test('a folder is read once, and what changes, comes or goes is followed', async () => {
    const { read, found, store } = await openKnowledgeStore(await newUrl())
    const folder = await folderOf({ 'hours.md': HOURS, 'in/prices.md': PRICES, 'note.docx': 'no', '.git/x.md': 'no' })
    expect(await read(folder)).toEqual({ read: 2, unchanged: 0, removed: 0, pieces: 3, problems: [] })
    expect(await found('what does a ticket cost?')).toEqual([`in/prices.md: ${PRICES.split('\n')[1]}`])
    expect(await read(folder)).toMatchObject({ read: 0, unchanged: 2, removed: 0 })

    await writeInto(folder, { 'hours.md': '# Opening hours\nWe are open from ten to four.', 'dogs.txt': 'No dogs.' })
    await rm(join(folder, 'in'), { recursive: true })
    expect(await read(folder)).toMatchObject({ read: 2, unchanged: 0, removed: 1, pieces: 2 })
    expect(await found('what does a ticket cost?')).toEqual([])
    expect(await found('when are you open?')).toEqual(['hours.md: We are open from ten to four.'])
    expect(await found('on which holidays are you closed?')).toEqual([])
    expect(await store.removeSource('docs')).toBe(true)
    expect(await found('when are you open?')).toEqual([])
    expect(await store.sources()).toEqual([])
  })

  test('what cannot be read is told in a line each and harms nothing; what was known of it stays', async () => {
    const { read, found } = await openKnowledgeStore(await newUrl())
    const folder = await folderOf({ 'hours.md': HOURS, 'prices.md': PRICES })
    await read(folder)
    await writeInto(folder, {
      'prices.md': new Uint8Array(6_000_000).fill(97),
      'empty.md': '',
      'broken.pdf': 'no',
      'new.md': '# Dogs\nDogs must wait outside.',
    })
    const { problems, ...done } = await read(folder)
    expect(done).toEqual({ read: 1, unchanged: 1, removed: 0, pieces: 4 })
    expect(problems).toEqual([
      expect.stringMatching(/^broken\.pdf: is no PDF that can be read/),
      'empty.md: is empty',
      'prices.md: has 6.0 MB, and 5.0 MB are the most; it stays as it was read before',
    ])
    expect(await found('what does a ticket cost?')).toHaveLength(1)
    expect(await found('may dogs come in?')).toEqual(['new.md: Dogs must wait outside.'])
  })

  test('no link leads out of the folder', async () => {
    const { read, found } = await openKnowledgeStore(await newUrl())
    const outside = await folderOf({ 'secret.md': 'The password of the vault is swordfish.' })
    const folder = await folderOf({ 'hours.md': HOURS })
    await symlink(join(outside, 'secret.md'), join(folder, 'file.md'))
    await symlink(outside, join(folder, 'folder'))
    await symlink(folder, join(folder, 'round'))
    expect((await read(folder)).problems.toSorted()).toEqual([
      'file.md: is a link, which is not followed',
      'folder: is a link, which is not followed',
      'round: is a link, which is not followed',
    ])
    expect(await found('password of the vault')).toEqual([])
  })

  test('two folders of one name are not mixed up, and an emptied one takes nothing away', async () => {
    const { read, found } = await openKnowledgeStore(await newUrl())
    const [one, other] = [await folderOf({ 'hours.md': HOURS }), await folderOf({ 'prices.md': PRICES })]
    await read(one)
    await expect(read(other)).rejects.toThrow(`"docs" was read from ${one} before. --as NAME keeps both`)
    await read(other, 'shop')
    expect(await found('ticket price', { sources: ['docs'] })).toEqual([])
    expect(await found('ticket price', { sources: ['shop'] })).toHaveLength(1)
    await rm(join(one, 'hours.md'))
    await expect(read(one)).rejects.toThrow('has no documents')
    expect(await found('opening hours')).not.toEqual([])
    await read(other, 'docs', true)
    expect(await found('opening hours')).toEqual([])
  })

  test.each([
    '"opening hours"',
    'opening AND hours',
    'hours*',
    'NEAR(opening hours, 2)',
    "opening's (hours) -tickets ^",
    'titles:hours OR NOT',
    "'; drop table knowledge_pieces; --",
    'opening & hours | ! <-> :*',
    '%_\\ opening \u0000 hours 😀',
    '"""',
    '*',
    'what is it that you do, please?',
    '',
  ])('a caller may say %j', async text => {
    const { read, found } = await openKnowledgeStore(await newUrl())
    await read(await folderOf({ 'hours.md': HOURS }))
    const answer = await found(text)
    if (/hours/i.test(text)) expect(answer[0]).toBe('hours.md: We are open from nine to five.')
    else expect(answer).toEqual([])
  })

  test('forms of a word, umlauts and other languages are found', async () => {
    const { read, found } = await openKnowledgeStore(await newUrl())
    await read(
      await folderOf({
        'de.md': '# Öffnungszeiten\nDie Praxis ist von neun bis fünf geöffnet. Parkplätze sind vor dem Haus.',
        'es.md': '# Cancelaciones\nLas reservas se pueden cancelar hasta la víspera sin pagar nada.',
        'en.md': '# Refunds\nWe refund cancelled bookings within ten days.',
      }),
    )
    expect(await found('Wo gibt es einen Parkplatz?')).toEqual([expect.stringMatching(/^de\.md: /)])
    expect(await found('wie sind die offnungszeiten')).toEqual([expect.stringMatching(/^de\.md: /)])
    expect((await found('¿puedo cancelar una reserva?'))[0]).toMatch(/^es\.md: /)
    expect(await found('how do refunding and booking work?')).toEqual([expect.stringMatching(/^en\.md: /)])
  })

  test('a rare word of a question counts for more than those that are everywhere', async () => {
    const { read, found } = await openKnowledgeStore(await newUrl())
    const many = Object.fromEntries(
      Array.from({ length: 30 }, (_, i) => [
        `room${i}.md`,
        `# Room ${i}\nThe room has a table, and a visit takes an hour.`,
      ]),
    )
    await read(await folderOf({ ...many, 'axolotl.md': '# Aquarium\nThe axolotl lives here.' }))
    expect((await found('how long is a visit in the room with the axolotl?', { most: 1 }))[0]).toMatch(/^axolotl\.md/)
  })

  test('what only looks like it is not found, and less so where nobody asked', async () => {
    const { read, found } = await openKnowledgeStore(await newUrl())
    await read(await folderOf({ 'hours.md': HOURS, 'prices.md': PRICES }))
    expect(await found('do you know a good recipe for tomato soup?')).toEqual([])
    const vague = 'my children broke their bicycle wheels yesterday in Paris'
    expect(await found(vague, { sure: true })).toEqual([])
  })

  test('the same text in several documents is told once', async () => {
    const { read, found } = await openKnowledgeStore(await newUrl())
    const text = '# Dogs\nDogs must wait outside.'
    await read(await folderOf({ 'a.md': text, 'b.md': text, 'c.md': text }))
    expect(await found('may my dogs come?')).toEqual(['a.md: Dogs must wait outside.'])
  })

  test('two that read the same folder at the same time leave it whole', async () => {
    const url = await newUrl()
    const [one, other] = [await openKnowledgeStore(url), await openKnowledgeStore(url)]
    const folder = await folderOf({ 'hours.md': HOURS, 'prices.md': PRICES })
    await Promise.all([one.read(folder), other.read(folder)])
    expect(await one.store.pieceCount()).toBe(3)
    expect(await other.found('ticket price')).toHaveLength(1)
  })
})
