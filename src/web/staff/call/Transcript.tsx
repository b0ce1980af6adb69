import { type HTMLAttributes, memo, useEffect, useRef } from 'react'
import { brief, clock } from '../frame/say.ts'
import type { Said } from '../timeline/transcript.ts'
import type { Word } from '../timeline/words.ts'
import { lastUntil, type Position } from './position.ts'

interface TranscriptProps {
  readonly said: readonly Said[]
  /** Which of them the sound is at. */
  readonly at: number
  readonly position: Position
  readonly isFollowing: boolean
  readonly onGo: (ms: number) => void
}

/** What was said, word by word. What the caller never heard is struck through. It follows the sound. */
export function Transcript({ said, at, position, isFollowing, onGo }: TranscriptProps) {
  const list = useRef<HTMLOListElement>(null)
  useEffect(() => {
    const box = list.current
    const entry = box?.children[at]
    if (!box || !(entry instanceof HTMLElement) || !isFollowing) return
    // Scrolls the list alone: the page stays where it is.
    const top = entry.offsetTop
    if (top < box.scrollTop || top + entry.offsetHeight > box.scrollTop + box.clientHeight)
      box.scrollTop = top - box.clientHeight / 4
  }, [at, isFollowing])
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard.
    <ol ref={list} className="transcript" tabIndex={0} aria-label="Transcript">
      {said.map((one, index) => (
        <Entry key={one.key} said={one} position={index === at ? position : undefined} onGo={onGo} />
      ))}
    </ol>
  )
}

interface EntryProps {
  readonly said: Said
  /** Set while the sound is at it. */
  readonly position: Position | undefined
  readonly onGo: (ms: number) => void
}

const Entry = memo(function Entry({ said, position, onGo }: EntryProps) {
  const { speaker, fromMs, words, interrupted, isOver, latencyMs, tools } = said
  return (
    <li className={speaker} aria-current={position ? 'true' : undefined}>
      <p className="by">
        <button type="button" className="link" onClick={() => onGo(fromMs)}>
          {clock(fromMs)}
          <span className="hidden">, go there</span>
        </button>
        <strong>{speaker === 'caller' ? 'Caller' : 'Agent'}</strong>
        {latencyMs !== undefined && <span className="quiet">after {brief(latencyMs)}</span>}
        {interrupted && <span className="bad">interrupted</span>}
        {tools.length > 0 && <span className="quiet">used {tools.join(', ')}</span>}
      </p>
      {position ? <Words {...{ words, isOver, position, onGo }} /> : <Runs words={words} isOver={isOver} />}
    </li>
  )
})

/** Words that were heard, and those that were not, in as few elements as can be. */
function Runs({ words, isOver }: { readonly words: readonly Word[]; readonly isOver: boolean }) {
  const until = words.findIndex(({ heard }) => !heard)
  const heard = textOf(until === -1 ? words : words.slice(0, until))
  return (
    <p className="words">
      {heard}{' '}
      {until !== -1 && (
        <Unheard isOver={isOver}>
          <span className="hidden">{isOver ? 'not heard: ' : 'still to come: '}</span>
          {textOf(words.slice(until))}
        </Unheard>
      )}
    </p>
  )
}

const textOf = (words: readonly Word[]): string => words.map(({ text }) => text).join(' ')

/** What the caller never heard, or not yet. */
const Unheard = ({
  isOver,
  ...rest
}: HTMLAttributes<HTMLElement> & { readonly isOver: boolean; readonly 'data-word'?: number }) =>
  isOver ? <s {...rest} /> : <span className="coming" {...rest} />

interface WordsProps {
  readonly words: readonly Word[]
  readonly isOver: boolean
  readonly position: Position
  readonly onGo: (ms: number) => void
}

/** Each word by itself, the one that sounds marked. Only its attributes change while the sound goes on. */
function Words({ words, isOver, position, onGo }: WordsProps) {
  const paragraph = useRef<HTMLParagraphElement>(null)
  useEffect(() => {
    let now = -1
    return position.follow(ms => {
      const index = lastUntil(words, ms)
      const word = words[index]
      const next = word?.heard && ms >= word.fromMs && ms <= word.toMs + 300 ? index : -1
      if (next === now) return
      const spans = paragraph.current?.querySelectorAll('[data-word]')
      spans?.[now]?.removeAttribute('data-now')
      spans?.[next]?.setAttribute('data-now', '')
      now = next
    })
  }, [words, position])
  const firstUnheard = words.findIndex(({ heard }) => !heard)
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: a shortcut for the pointer; the keyboard goes by turns and seconds.
    <p
      ref={paragraph}
      className="words"
      onClick={({ target }) => {
        const index = target instanceof HTMLElement ? Number(target.dataset.word ?? Number.NaN) : Number.NaN
        const word = words[index]
        if (word) onGo(word.fromMs)
      }}
    >
      {words.map(({ text, heard }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: words have no other name, and their order stays.
        <span key={index}>
          {index === firstUnheard && <span className="hidden">{isOver ? 'not heard: ' : 'still to come: '}</span>}
          {heard ? (
            <span data-word={index}>{text}</span>
          ) : (
            <Unheard isOver={isOver} data-word={index}>
              {text}
            </Unheard>
          )}{' '}
        </span>
      ))}
    </p>
  )
}
