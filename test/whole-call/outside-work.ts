/** Work of other threads, which takes real time: while any of it goes on, virtual time stands still. */
export class OutsideWork {
  #underWay = 0

  /** Marks this work, such as a sentence that a worker thread speaks. */
  async during<T>(work: Promise<T>): Promise<T> {
    this.#underWay++
    try {
      return await work
    } finally {
      this.#underWay--
    }
  }

  /** Resolves when nothing is left that can happen without time passing: no callback, no file that is being written. */
  async settled(): Promise<void> {
    do await new Promise<void>(resolve => setImmediate(resolve))
    while (this.#underWay > 0 || process.getActiveResourcesInfo().some(kind => UNDER_WAY.test(kind)))
  }
}

/** Callbacks of `setImmediate`, and requests to the file system: FSReqPromise, FSReqCallback, CloseReq (Node 24). */
const UNDER_WAY = /^Immediate$|Req/
