/** What a process that works is told. Jobs come one at a time; an abort is about the one that it has. */
export type ToWorker<Job> =
  | { readonly kind: 'job'; readonly id: number; readonly job: Job }
  | { readonly kind: 'abort'; readonly id: number }

/** What it tells: once that it is ready or why it can never be, and then one answer for each job. */
export type FromWorker<Answer> =
  | { readonly kind: 'ready' }
  | { readonly kind: 'unfit'; readonly why: string }
  | { readonly kind: 'done'; readonly id: number; readonly answer: Answer }
  | { readonly kind: 'failed'; readonly id: number; readonly why: string }
