import { expect, test } from 'vitest'
import { compatibleEmbedder } from '../../src/knowledge/embeddings/compatible.ts'
import { openEmbedder } from '../../src/knowledge/embeddings/open-embedder.ts'
import { wordPieces } from '../../src/knowledge/embeddings/word-pieces.ts'
import { embeddingsWanted } from '../../src/settings/embeddings.ts'
import { FakeClock } from '../fakes/clock.ts'
import { folderOf, NEVER } from './opened.ts'

interface Asked {
  readonly url: string
  readonly headers: Headers
  readonly body: Record<string, unknown>
}

function embedder(answer: (asked: Asked) => Response, model = 'text-embedding-3-small', clock = new FakeClock()) {
  const asked: Asked[] = []
  const fetch: typeof globalThis.fetch = async (url, init) => {
    const one = { url: String(url), headers: new Headers(init?.headers), body: JSON.parse(String(init?.body)) }
    asked.push(one)
    return answer(one)
  }
  const parts = { baseUrl: 'https://api.example.com/v1', key: 'sk-1', model, network: { fetch }, clock }
  return { asked, ...compatibleEmbedder(parts) }
}

const vectors = (...all: readonly (readonly number[])[]) =>
  Response.json({ data: all.map((embedding, index) => ({ index, embedding, object: 'embedding' })).toReversed() })

test('texts are embedded in their order, with vectors of length one, and shorter ones where the model can', async () => {
  const { asked, embed } = embedder(() => vectors([3, 4], [0, 2]))
  expect((await embed(['a', 'b'], NEVER)).map(vector => [...vector])).toEqual([
    [expect.closeTo(0.6), expect.closeTo(0.8)],
    [0, 1],
  ])
  expect(asked[0]?.url).toBe('https://api.example.com/v1/embeddings')
  expect(asked[0]?.headers.get('authorization')).toBe('Bearer sk-1')
  const body = { model: 'text-embedding-3-small', input: ['a', 'b'], encoding_format: 'float', dimensions: 512 }
  expect(asked[0]?.body).toEqual(body)
})

test('a model of another maker is not asked for a length that it may not know', async () => {
  const { asked, embed } = embedder(() => vectors([1, 0]), 'nomic-embed-text')
  await embed(['a'], NEVER)
  expect(asked[0]?.body).not.toHaveProperty('dimensions')
})

test.each([
  ['too few vectors', () => vectors([1, 0]), 'gave 1 vectors for 2 texts'],
  ['vectors of two lengths', () => vectors([1, 0], [1, 0, 0]), 'gave 2 vectors for 2 texts'],
  ['a page', () => new Response('<html>'), 'answered with no vectors'],
  ['nothing in them', () => Response.json({ data: [{ index: 0, embedding: [] }] }), 'answered with no vectors'],
  ['words in them', () => Response.json({ data: [{ index: 0, embedding: ['x', 'y'] }] }), 'answered with no vectors'],
  ['a refusal', () => Response.json({ error: { message: 'bad key' } }, { status: 401 }), 'bad key'],
  ['a redirect', () => new Response('', { status: 302, headers: { location: 'http://169.254.169.254' } }), '302'],
])('an answer with %s is an error in words', async (_, answer, why) => {
  await expect(embedder(answer).embed(['a', 'b'], NEVER)).rejects.toThrow(why)
})

test('no key of it stands in an error', async () => {
  const failed = embedder(() =>
    Response.json({ error: { message: 'wrong key sk-abc123def456ghi789' } }, { status: 401 }),
  )
  await expect(failed.embed(['a'], NEVER)).rejects.not.toThrow('sk-abc123def456ghi789')
})

test('settings say who embeds: a server, OpenAI with its key, this machine, or nobody', () => {
  const openAi = 'https://api.openai.com/v1'
  const small = 'text-embedding-3-small'
  expect(embeddingsWanted({})).toEqual({ kind: 'local', needed: false })
  expect(embeddingsWanted({ OPENAI_API_KEY: 'k' })).toEqual({ kind: 'server', baseUrl: openAi, key: 'k', model: small })
  expect(
    embeddingsWanted({ OPENAI_API_KEY: 'k', EMBEDDINGS_BASE_URL: 'http://box:11434/v1/', EMBEDDINGS_MODEL: 'nomic' }),
  ).toEqual({
    kind: 'server',
    baseUrl: 'http://box:11434/v1',
    // OpenAI's key goes nowhere else.
    key: undefined,
    model: 'nomic',
  })
  expect(embeddingsWanted({ OPENAI_API_KEY: 'k', EMBEDDINGS_MODEL: 'local' })).toEqual({ kind: 'local', needed: true })
  expect(embeddingsWanted({ OPENAI_API_KEY: 'k', EMBEDDINGS_MODEL: 'off', EMBEDDINGS_API_KEY: '' })).toEqual({
    kind: 'off',
  })
  expect(() => embeddingsWanted({ EMBEDDINGS_BASE_URL: 'box' })).toThrow('EMBEDDINGS_BASE_URL: must be a URL')
})

test('without a key and a model words alone decide, in words; a model that was named must be there', async () => {
  const parts = {
    modelsDir: await folderOf({ 'a.txt': '' }),
    network: { fetch },
    clock: new FakeClock(),
    log: { warn: () => undefined },
  }
  const opened = await openEmbedder({ ...parts, wanted: { kind: 'local', needed: false } }, NEVER)
  expect(opened).toMatchObject({ embedder: undefined, why: expect.stringContaining('found by their words alone') })
  await expect(openEmbedder({ ...parts, wanted: { kind: 'local', needed: true } }, NEVER)).rejects.toThrow(
    'is missing: npm run models -- sentences fetches it',
  )
})

test('a text is cut into word pieces as BERT does', () => {
  const pieces = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', 'hel', '##lo', 'world', '!', "'", 's', 'cafe', '日']
  const { cut } = wordPieces(pieces.join('\n'))
  const words = (text: string, most = 20) => cut(text, most).map(number => pieces[number])
  expect(words("Hello  World's café!")).toEqual(['[CLS]', 'hel', '##lo', 'world', "'", 's', 'cafe', '!', '[SEP]'])
  expect(words('日hello unknowable')).toEqual(['[CLS]', '日', 'hel', '##lo', '[UNK]', '[SEP]'])
  expect(words('hello hello hello', 4)).toEqual(['[CLS]', 'hel', '##lo', '[SEP]'])
  expect(words('x'.repeat(200))).toEqual(['[CLS]', '[UNK]', '[SEP]'])
  expect(words('')).toEqual(['[CLS]', '[SEP]'])
})
