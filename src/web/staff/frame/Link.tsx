import type { AnchorHTMLAttributes, MouseEvent } from 'react'
import { go } from './use-route.ts'

/** A link inside the console. With a modifier key it is the browser's own: a new tab, a new window. */
export function Link({ href, ...rest }: AnchorHTMLAttributes<HTMLAnchorElement> & { readonly href: string }) {
  const follow = (event: MouseEvent): void => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey || event.button !== 0) return
    event.preventDefault()
    go(href)
  }
  return <a href={href} {...rest} onClick={follow} />
}
