import axe, { type AxeResults } from 'axe-core'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'

const LOOKS = [
  { name: 'light', colorScheme: 'light', width: 1_280, height: 800 },
  { name: 'dark', colorScheme: 'dark', width: 1_280, height: 800 },
  { name: 'small light', colorScheme: 'light', width: 320, height: 640 },
  { name: 'small dark', colorScheme: 'dark', width: 320, height: 640 },
] as const
const SERIOUS = ['serious', 'critical']

/** For who wants to see what the tests see: a folder for pictures. */
const PICTURES = process.env.E2E_PICTURES

/**
 * Looks at the page in light and dark, on a desk and on a small phone: axe finds nothing serious, and nothing sticks out
 * at the side.
 */
export async function expectGoodLooks(page: Page, state: string): Promise<void> {
  await page.emulateMedia({ reducedMotion: 'reduce' })
  for (const { name, colorScheme, width, height } of LOOKS) {
    await page.emulateMedia({ colorScheme })
    await page.setViewportSize({ width, height })
    if (PICTURES !== undefined) await page.screenshot({ path: `${PICTURES}/${state} ${name}.png`.replaceAll(' ', '-') })
    // By the debugger: the page's own rules let in no script of others.
    await page.evaluate(axe.source)
    const found = await page.evaluate(async () => {
      const { violations }: AxeResults = await Reflect.get(window, 'axe').run()
      return violations.map(({ id, impact, nodes }) => ({ id, impact, html: nodes.map(({ html }) => html) }))
    })
    expect(
      found.filter(({ impact }) => SERIOUS.includes(impact ?? '')),
      `${state}, ${name}`,
    ).toEqual([])
    const overhangPx = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
    expect(overhangPx, `${state}, ${name}: wider than the window`).toBeLessThanOrEqual(0)
  }
  await page.setViewportSize({ width: 1_280, height: 800 })
}
