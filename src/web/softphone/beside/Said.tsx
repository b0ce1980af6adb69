import { useEffect, useRef } from 'react'
import type { Entry, Phone } from '../state/phone.ts'
import { brief, clock, judgedWords } from '../state/say.ts'
import { LatencyBar, scaleOf } from './LatencyBar.tsx'

/** So far from the end the reader has scrolled back, and is left in peace. */
const AT_END_PX = 64

/** What was said and done, as it happens. What still grows stands outside the live region: it would be read out anew. */
export function Said({ phone }: { readonly phone: Phone }) {
  const { entries, interim, speaking } = phone
  const box = useRef<HTMLElement>(null)
  const isAtEnd = useRef(true)
  // biome-ignore lint/correctness/useExhaustiveDependencies: whatever grows is followed.
  useEffect(() => {
    const { current } = box
    if (current && isAtEnd.current) current.scrollTop = current.scrollHeight
  }, [entries, interim, speaking])
  const onScroll = (): void => {
    const { current } = box
    if (current) isAtEnd.current = current.scrollHeight - current.scrollTop - current.clientHeight < AT_END_PX
  }
  const scaleMs = scaleOf(entries.map(entry => (entry.kind === 'agent' ? entry.latency : undefined)))
  const isEmpty = entries.length === 0 && !interim && !speaking
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard.
    <section className="captions said" aria-label="What is said" tabIndex={0} ref={box} onScroll={onScroll}>
      {isEmpty && <p className="quiet">{emptyWords(phone)}</p>}
      <div role="log" aria-live="polite" aria-label="Captions">
        {entries.map(entry => (
          <Row key={entry.id} entry={entry} scaleMs={scaleMs} />
        ))}
      </div>
      <div aria-hidden="true">
        {interim && <Growing speaker="caller" text={interim.text} />}
        {speaking && <Growing speaker="agent" text={speaking.text} />}
      </div>
    </section>
  )
}

const emptyWords = ({ server, call }: Phone): string => {
  if (server && !server.follows)
    return 'This server’s journal cannot be read from here, so there are no captions. You hear it all the same.'
  if (call.kind === 'ended' || call.kind === 'lost') return 'Nothing was said.'
  return call.kind === 'answered' ? 'Nothing has been said yet.' : 'What is said stands here.'
}

const speakerOf = (speaker: 'caller' | 'agent'): string => (speaker === 'caller' ? 'You' : 'Agent')

const Growing = ({ speaker, text }: { readonly speaker: 'caller' | 'agent'; readonly text: string }) => (
  <div className={`caption ${speaker}`} data-growing>
    <span className="speaker">{speakerOf(speaker)}</span>
    <span className="words">{text}</span>
  </div>
)

function Row({ entry, scaleMs }: { readonly entry: Entry; readonly scaleMs: number }) {
  switch (entry.kind) {
    case 'caller':
    case 'agent':
      return (
        <div className={`caption ${entry.kind}`}>
          <span className="speaker">
            {speakerOf(entry.kind)} <time>{clock(entry.atMs)}</time>
          </span>{' '}
          <span className="words">
            {entry.text}
            {entry.kind === 'agent' && entry.interrupted && <span className="cut"> — cut off</span>}
          </span>
          {entry.kind === 'agent' && entry.latency && <LatencyBar latency={entry.latency} scaleMs={scaleMs} />}
        </div>
      )
    case 'tool':
      return (
        <details className="aside tool">
          <summary>
            <code>{entry.name}</code> {brief(entry.tookMs)}
          </summary>
          <dl>
            <dt>Asked</dt>
            <dd>
              <code>{entry.arguments}</code>
            </dd>
            <dt>Answered</dt>
            <dd>
              <code>{entry.result}</code>
            </dd>
          </dl>
        </details>
      )
    case 'overlap':
      return (
        <p className="aside overlap">
          You talked over it{entry.words !== '' && <>, “{entry.words}”</>}. {judgedWords(entry.judged)}
        </p>
      )
    case 'keys':
      return (
        <p className="aside">
          You pressed <kbd>{entry.keys}</kbd>
        </p>
      )
    case 'trouble':
      return <p className="aside trouble">{entry.what}</p>
    case 'carrier':
      return <p className="aside">{entry.what}</p>
  }
}
