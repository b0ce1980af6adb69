import { openDatabase } from '../../src/database/database.ts'
import { type Store, storeIn } from '../../src/journal/store.ts'

/** A store with a database of its own. */
export async function openStore(url: string): Promise<Store & { close(): Promise<void> }> {
  const database = await openDatabase(url)
  try {
    return { ...(await storeIn(database)), close: database.close }
  } catch (error) {
    await database.close()
    throw error
  }
}
