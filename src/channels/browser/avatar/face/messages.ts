/** What the server tells the process of the faces. `face` numbers the faces of one process. */
export type ToFaces =
  | { readonly kind: 'join'; readonly face: number; readonly url: string; readonly token: string }
  | { readonly kind: 'leave'; readonly face: number }

/** What it tells the server: each `join` is answered by `joined` or `ended`, and each face that was joined ends. */
export type FromFaces =
  | { readonly kind: 'joined'; readonly face: number }
  | { readonly kind: 'ended'; readonly face: number; readonly why: string }
