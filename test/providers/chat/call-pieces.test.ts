import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type CallPiece, CallPieces } from '../../../src/providers/chat/call-pieces.ts'

const MILK = '{"title":"buy milk"}'
const MOM = '{"title":"call mom"}'
type Given = readonly [index: number | undefined, id: string | undefined, name: string, args: string]

function joined(...given: readonly Given[]) {
  const pieces = new CallPieces()
  for (const [index, id, name, args] of given) pieces.add({ index, id, name, arguments: args, extra: undefined })
  return pieces.all(OFFERED, () => `own-${++made}`)
}
const shown = (calls: ReturnType<typeof joined>) => calls.map(({ name, arguments: args }) => [name, args])
const none = undefined
let made = 0
const OFFERED = new Set(['add', 'list', 'undo', 'create_task'])

test.each([
  ['functions.add', 'add'],
  ['default_api:add', 'add'],
  [' add ', 'add'],
  ['functions.erase', 'functions.erase'],
  ['multi_tool_use.parallel', 'multi_tool_use.parallel'],
])('the name %j means %j', (written, meant) => {
  expect(joined([0, 'a', written, MILK])[0]?.name).toBe(meant)
})

test.each<[string, readonly Given[], readonly (readonly [string, string])[]]>([
  [
    'the name comes again with each piece',
    [
      [0, 'a', 'add', '{"title":'],
      [0, 'a', 'add', '"buy milk"}'],
    ],
    [['add', MILK]],
  ],
  [
    'the name comes in pieces',
    [
      [0, 'a', 'create', ''],
      [0, none, '_task', ''],
      [0, none, '', MILK],
    ],
    [['create_task', MILK]],
  ],
  [
    'the name grows',
    [
      [0, 'a', 'create', ''],
      [0, 'a', 'create_task', MILK],
    ],
    [['create_task', MILK]],
  ],
  [
    'an id is new with each piece',
    [
      [0, 'a', 'add', ''],
      [0, 'b', '', '{"title":'],
      [0, 'c', '', '"buy milk"}'],
    ],
    [['add', MILK]],
  ],
  [
    'an id and the name are new with each piece',
    [
      [0, 'a', 'add', ''],
      [0, 'b', 'add', '{"title":'],
      [0, 'c', 'add', '"buy milk"}'],
    ],
    [['add', MILK]],
  ],
  [
    'two calls share an index',
    [
      [0, 'a', 'add', MILK],
      [0, 'b', 'add', MOM],
    ],
    [
      ['add', MILK],
      ['add', MOM],
    ],
  ],
  [
    'two calls share an index and have no ids',
    [
      [0, none, 'add', MILK],
      [0, none, 'add', MOM],
    ],
    [
      ['add', MILK],
      ['add', MOM],
    ],
  ],
  [
    'two calls share an index and their pieces follow each other',
    [
      [0, 'a', 'add', ''],
      [0, none, '', MILK],
      [0, 'b', 'add', ''],
      [0, none, '', MOM],
    ],
    [
      ['add', MILK],
      ['add', MOM],
    ],
  ],
  [
    'two calls without arguments share an index',
    [
      [0, 'a', 'undo', ''],
      [0, 'b', 'list', ''],
    ],
    [
      ['undo', ''],
      ['list', ''],
    ],
  ],
  [
    'no index',
    [
      [none, 'a', 'add', '{"title":'],
      [none, none, '', '"buy milk"}'],
    ],
    [['add', MILK]],
  ],
  [
    'no index, two calls',
    [
      [none, 'a', 'add', MILK],
      [none, 'b', 'add', MOM],
    ],
    [
      ['add', MILK],
      ['add', MOM],
    ],
  ],
  [
    'neither index nor id, two calls',
    [
      [none, none, 'add', MILK],
      [none, none, 'list', '{}'],
    ],
    [
      ['add', MILK],
      ['list', '{}'],
    ],
  ],
  [
    'neither index nor id, arguments later',
    [
      [none, none, 'undo', ''],
      [none, none, 'add', MILK],
    ],
    [
      ['undo', ''],
      ['add', MILK],
    ],
  ],
  [
    'a whole call comes twice',
    [
      [0, 'a', 'add', MILK],
      [0, 'a', 'add', MILK],
    ],
    [['add', MILK]],
  ],
  [
    'the name comes again at the end',
    [
      [0, 'a', 'add', MILK],
      [0, 'a', 'add', ''],
    ],
    [['add', MILK]],
  ],
  [
    'an empty object comes twice',
    [
      [0, 'a', 'list', '{}'],
      [0, none, '', '{}'],
    ],
    [['list', '{}']],
  ],
  [
    'an empty object comes before the arguments',
    [
      [0, 'a', 'add', '{}'],
      [0, none, '', MILK],
    ],
    [['add', MILK]],
  ],
  [
    'two objects are the arguments of one call',
    [[0, 'a', 'add', `${MILK}${MOM}`]],
    [
      ['add', MILK],
      ['add', MOM],
    ],
  ],
  [
    'interleaved pieces',
    [
      [0, 'a', 'add', '{"title":'],
      [1, 'b', 'add', '{"title":'],
      [0, none, '', '"buy milk"}'],
      [1, none, '', '"call mom"}'],
    ],
    [
      ['add', MILK],
      ['add', MOM],
    ],
  ],
  ['arguments that are cut', [[0, 'a', 'add', '{"title":"bu']], [['add', '{"title":"bu']]],
])('%s', (_, given, calls) => {
  expect(shown(joined(...given))).toEqual(calls)
})

test('each call has an id of its own', () => {
  const ids = (calls: ReturnType<typeof joined>) => calls.map(({ id }) => id)
  const own = expect.stringMatching(/^own-\d+$/)
  expect(ids(joined([0, 'call_0', 'add', MILK], [1, 'call_0', 'add', MOM]))).toEqual(['call_0', own])
  const given = ids(joined([0, none, 'add', MILK], [1, none, 'add', MOM]))
  expect(given).toEqual([own, own])
  expect(new Set(given).size).toBe(2)
})

test('calls by the letter of the protocol come out as they were sent, however they are cut', () => {
  const call = fc.record({
    name: fc.constantFrom('add', 'list', 'undo'),
    given: fc.dictionary(fc.string(), fc.jsonValue()),
  })
  const cuts = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 20 })
  fc.assert(
    fc.property(fc.array(call, { minLength: 1, maxLength: 4 }), cuts, (calls, lengths) => {
      const pieces = calls.flatMap(({ name, given }, index): CallPiece[] => {
        const text = JSON.stringify(given)
        const parts: string[] = []
        for (let at = 0, i = 0; at < text.length; i++) {
          const length = lengths[i % lengths.length] ?? 1
          parts.push(text.slice(at, at + length))
          at += length
        }
        const extra = undefined
        const first = { index, id: `call_${index}`, name, arguments: '', extra }
        return [first, ...parts.map(part => ({ index, id: undefined, name: '', arguments: part, extra }))]
      })
      const collected = new CallPieces()
      for (const piece of pieces) collected.add(piece)
      expect(shown([...collected.all(OFFERED, () => `own-${++made}`)])).toEqual(
        calls.map(({ name, given }) => [name, JSON.stringify(given)]),
      )
    }),
  )
})

test('of a thousand calls in one answer no more than 64 are kept', () => {
  const many = Array.from({ length: 1_000 }, (_, index): Given => [index, `id-${index}`, 'add', `{"n":${index}}`])
  expect(joined(...many).map(({ id }) => id)).toEqual(Array.from({ length: 64 }, (_, index) => `id-${index}`))
  const begun = many.flatMap(([, id, name, args]): Given[] => [
    [none, id, name, ''],
    [none, none, '', args],
  ])
  expect(joined(...begun).at(-1)).toEqual({ id: 'id-63', name: 'add', arguments: '{"n":63}' })
})
