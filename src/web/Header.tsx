import { spacedNumber } from './state/names.ts'

/** The name, and the phone number where one is set. */
export function Header({ phoneNumber }: { readonly phoneNumber: string | null | undefined }) {
  return (
    <header>
      <a className="mark" href="/">
        <img src={new URL('./icon.svg', import.meta.url).href} alt="" width="28" height="28" />
        Partyline
      </a>
      {phoneNumber && (
        <a className="ring" href={`tel:${phoneNumber}`}>
          <span className="ring-words">or ring </span>
          {spacedNumber(phoneNumber)}
        </a>
      )}
    </header>
  )
}
