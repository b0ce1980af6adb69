import type { BrowserContext, Page } from 'playwright-core'
import { expectGoodLooks } from './looks.ts'

/** A page of the console, and what goes wrong in it. */
export interface WatchedPage {
  readonly page: Page
  /** Errors of its scripts, and what its own rules for what it loads have forbidden. */
  readonly problems: readonly string[]
  /** As `expectGoodLooks`. */
  looks(state: string): Promise<void>
}

/** Opens an empty page. */
export async function watchedPage(context: BrowserContext): Promise<WatchedPage> {
  const page = await context.newPage()
  const problems: string[] = []
  page.on('pageerror', error => problems.push(error.message))
  page.on('console', told => {
    if (told.type() === 'error' && !told.text().startsWith('Failed to load resource')) problems.push(told.text())
  })
  return {
    ...{ page, problems },
    async looks(state) {
      const before = problems.length
      await expectGoodLooks(page, state)
      // axe copies the styles of shadow trees, which the page's rules forbid.
      problems.length = before
    },
  }
}

/** The moment of the call that the console is at, in ms. */
export const momentOf = (page: Page): Promise<number> =>
  page.getByLabel('Moment of the call').evaluate(slider => Number((slider as HTMLInputElement).value))
