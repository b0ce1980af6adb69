import type { Store } from '../journal/store.ts'

/** A stream of a call, as far as its records are open. Neither of these rejects. */
export interface OpenStream {
  /** Writes the rest of journal and recording, and closes them; gives what could not be kept. */
  readonly close: () => Promise<readonly string[]>
  /** Seals what the folder holds, as that of a server that was killed. */
  readonly seal: (lost: readonly string[]) => Promise<void>
}

/** The records of this server's live calls, for the case that it breaks. */
export interface Unsealed {
  /** A stream begins. `close` closes its files once, whoever asks; `over`: from now on its call seals it by itself. */
  begin(stream: OpenStream): { readonly close: OpenStream['close']; readonly over: () => void }
  /** Closes the files of all streams, and seals them. From now on no call's end is stored, and none begins. */
  sealAll(): Promise<void>
  /** The same store, but it takes no stream and no call's end any more once `sealAll` was called. */
  guarded<Some extends Pick<Store, 'takePass' | 'keepNext'>>(store: Some): Some
}

export function unsealed(): Unsealed {
  const open = new Map<OpenStream, () => Promise<readonly string[]>>()
  let isBroken = false

  return {
    begin(stream) {
      let closed: Promise<readonly string[]> | undefined
      const close = () => {
        closed ??= stream.close()
        return closed
      }
      open.set(stream, close)
      return { close, over: () => void open.delete(stream) }
    },
    async sealAll() {
      isBroken = true
      // What is lost for good otherwise comes first: the last lines and sounds of all calls.
      await Promise.all([...open.values()].map(close => close()))
      await Promise.all([...open].map(async ([stream, close]) => stream.seal(await close())))
    },
    guarded(store) {
      const check = (): void => {
        if (isBroken) throw new Error('the server broke: nothing is decided any more')
      }
      return {
        ...store,
        async takePass(callId, attempt, at) {
          check()
          return store.takePass(callId, attempt, at)
        },
        async keepNext(callId, next, attempt) {
          check()
          return store.keepNext(callId, next, attempt)
        },
      }
    },
  }
}
