import { type RefObject, useEffect } from 'react'
import { isTyping } from '../frame/keys.ts'

/** `j`, `k` and the arrows go from row to row, `/` to the search. The focus is on the row's link, so Enter opens it. */
export function useRowKeys(rows: RefObject<HTMLElement | null>, words: RefObject<HTMLInputElement | null>): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (isTyping(event)) return
      if (event.key === '/') {
        event.preventDefault()
        words.current?.focus()
        return
      }
      const step =
        event.key === 'j' || event.key === 'ArrowDown' ? 1 : event.key === 'k' || event.key === 'ArrowUp' ? -1 : 0
      const links = [...(rows.current?.querySelectorAll<HTMLElement>('th a') ?? [])]
      if (step === 0 || links.length === 0) return
      const at = links.indexOf(document.activeElement as HTMLElement)
      // The arrows scroll the page until a row has the focus.
      if (at === -1 && event.key.startsWith('Arrow')) return
      event.preventDefault()
      links[at === -1 ? 0 : Math.min(links.length - 1, Math.max(0, at + step))]?.focus()
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [rows, words])
}
