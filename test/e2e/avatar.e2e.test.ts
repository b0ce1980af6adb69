import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from 'vitest'
import { readJournal } from '../../src/journal/outcome.ts'
import { type Seen, watchFace } from './face-watch.ts'
import { expectGoodLooks } from './looks.ts'
import { e2eTest, openBrowser, openPartyline, testFolder } from './rig.ts'
import { scriptMicrophone } from './scripted-microphone.ts'

/** The server's own face in a real room: its mouth moves with the agent's voice, which is heard once, and falls silent. */
const MICROPHONE = fileURLToPath(new URL('../../fixtures/calls/plain/0.wav', import.meta.url))
const AGENT = `---
name: face
avatar: face
greeting: Hello and welcome. I read you a long list of all that we have. Apples, oranges, bananas, lemons and pears. Then potatoes, tomatoes, onions and garlic. And at last bread, butter and cheese, and some milk, and water.
---
You are friendly.
`
/** Silence is exact but for the codec's own noise. */
const SILENT = 0.003
const LOUD = 0.02

e2eTest(
  'a face speaks for the agent: seen to move with the sound, heard once, and silent when it is talked over',
  async () => {
    const file = join(await testFolder(), 'face.md')
    await writeFile(file, AGENT)
    const partyline = await openPartyline({ AGENT: 'face', PARTYLINE_AGENTS: file })
    const context = await openBrowser({ microphone: MICROPHONE })
    // Nobody speaks: the device itself would, again and again.
    await scriptMicrophone(context)
    const page = await context.newPage()
    await page.goto(partyline.server.url)
    const answered = page.waitForResponse(/api\/room/)
    await page.getByRole('button', { name: 'Talk', exact: true }).click()
    const { token } = await (await answered).json()
    const callId = JSON.parse(Buffer.from(token.split('.')[1], 'base64url').toString()).video.room
    const face = page.getByRole('img', { name: /The agent’s face/ })
    await face.waitFor()
    await page.locator('.state strong', { hasText: 'Speaking' }).waitFor()
    const seen = await watchFace(page, 5_000)
    const pictures = process.env.E2E_PICTURES
    if (pictures !== undefined) await page.screenshot({ path: `${pictures}/avatar-speaking.png` })

    const { lagMs, likeness } = lagOf(seen)
    console.info(
      `avatar: ${seen.pictures.length} pictures in 5 s, the mouth is ${lagMs} ms behind the sound (likeness ${likeness.toFixed(2)})`,
    )
    expect(seen.pictures.length).toBeGreaterThan(40)
    const open = seen.pictures.map(({ open }) => open)
    expect(Math.max(...open) - Math.min(...open)).toBeGreaterThan(0.02)
    const loudest = seen.loudest.toSorted((a, b) => b - a)
    expect(loudest[0], 'the avatar is heard').toBeGreaterThan(LOUD)
    expect(
      loudest.slice(1).every(level => level < SILENT),
      'nobody else is',
    ).toBe(true)
    expect(likeness).toBeGreaterThan(0.3)
    expect(Math.abs(lagMs)).toBeLessThanOrEqual(120)

    await page.getByLabel('Type instead').fill('Wait.')
    await page.keyboard.press('Enter')
    await page.getByText('cut off').waitFor()
    const after = await watchFace(page, 300)
    expect(Math.max(...after.loudest)).toBeLessThan(SILENT)
    await expectGoodLooks(page, 'avatar')
    await page.getByRole('button', { name: 'Leave', exact: true }).click()
    await page.getByRole('button', { name: 'Talk', exact: true }).waitFor()

    const lines = await readJournal(join(partyline.dataDir, 'calls', callId, 'journal.jsonl'))
    const notes = lines.flatMap(line => ('noted' in line && line.noted.kind === 'avatar' ? [line.noted] : []))
    expect(notes).toEqual([
      { kind: 'avatar', state: 'asked' },
      { kind: 'avatar', state: 'here' },
    ])
    const cut = lines.flatMap(line =>
      'input' in line && line.input.kind === 'heard' && line.input.cut ? [line.input] : [],
    )
    expect(cut[0]?.text).toMatch(/^Hello and welcome/)
    expect(cut[0]?.text).not.toMatch(/some milk/)
  },
)

/** How much later the mouth opens than the sound is heard: where the two are most alike. */
function lagOf({ pictures, sounds }: Seen): { readonly lagMs: number; readonly likeness: number } {
  const levelAt = (ms: number): number => {
    const near = sounds.filter(({ atMs }) => Math.abs(atMs - ms) <= 25)
    return near.reduce((sum, { level }) => sum + level, 0) / Math.max(1, near.length)
  }
  let best = { lagMs: 0, likeness: -1 }
  for (let lagMs = -400; lagMs <= 400; lagMs += 20) {
    const pairs = pictures.map(({ atMs, open }) => [open, Math.sqrt(levelAt(atMs - lagMs))] as const)
    const likeness = correlation(pairs)
    if (likeness > best.likeness) best = { lagMs, likeness }
  }
  return best
}

function correlation(pairs: readonly (readonly [number, number])[]): number {
  const mean = (of: readonly number[]): number => of.reduce((sum, one) => sum + one, 0) / of.length
  const [a, b] = [mean(pairs.map(([one]) => one)), mean(pairs.map(([, other]) => other))]
  const sum = (of: (x: number, y: number) => number): number => pairs.reduce((all, [x, y]) => all + of(x - a, y - b), 0)
  return sum((x, y) => x * y) / Math.sqrt(sum(x => x * x) * sum((_, y) => y * y) || 1)
}
