import { useEffect, useRef } from 'react'
import type { Caption } from '../state/captions.ts'

interface CaptionsProps {
  readonly captions: readonly Caption[]
  readonly agent: string
  /** Whether screen readers read new captions out. */
  readonly isAnnounced: boolean
}

/** So far from the end the reader has scrolled back, and is left in peace. */
const AT_END_PX = 48

/**
 * What was said. Only captions that are final stand in the live region: one that still grows would be read out again
 * with each word.
 */
export function Captions({ captions, agent, isAnnounced }: CaptionsProps) {
  const box = useRef<HTMLElement>(null)
  const isAtEnd = useRef(true)
  const finals = captions.filter(({ isFinal }) => isFinal)
  const growing = captions.filter(({ isFinal }) => !isFinal)
  useEffect(() => {
    const { current } = box
    if (current && isAtEnd.current && captions.length > 0) current.scrollTop = current.scrollHeight
  }, [captions])
  const onScroll = (): void => {
    const { current } = box
    if (current) isAtEnd.current = current.scrollHeight - current.scrollTop - current.clientHeight < AT_END_PX
  }
  const row = (caption: Caption) => <Row key={caption.segment} caption={caption} agent={agent} />
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard.
    <section className="captions" aria-label="What was said" tabIndex={0} ref={box} onScroll={onScroll}>
      <div role="log" aria-live={isAnnounced ? 'polite' : 'off'} aria-label="Captions">
        {finals.map(row)}
      </div>
      <div aria-hidden="true">{growing.map(row)}</div>
    </section>
  )
}

function Row({ caption, agent }: { readonly caption: Caption; readonly agent: string }) {
  const { speaker, text, isFinal, isInterrupted } = caption
  return (
    <p className={`caption ${speaker}`} data-growing={!isFinal || undefined}>
      <span className="speaker">{speaker === 'caller' ? 'You' : agent}</span>{' '}
      <span className="words">
        {text}
        {isInterrupted && <span className="cut"> — cut off</span>}
      </span>
    </p>
  )
}
