/** Things that happen, to be awaited in any order. */
export class Feed<T> {
  readonly all: T[] = []
  #waiting: { readonly matches: (item: T) => boolean; readonly resolve: (item: T) => void }[] = []

  push(item: T): void {
    this.all.push(item)
    const found = this.#waiting.filter(({ matches }) => matches(item))
    this.#waiting = this.#waiting.filter(one => !found.includes(one))
    for (const { resolve } of found) resolve(item)
  }

  /** The first that matches, now or later. */
  some(matches: (item: T) => boolean = () => true): Promise<T> {
    const found = this.all.find(matches)
    if (found !== undefined) return Promise.resolve(found)
    return new Promise(resolve => this.#waiting.push({ matches, resolve }))
  }
}
