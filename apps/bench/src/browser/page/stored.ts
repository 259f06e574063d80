/** Whether any record of the databases of that name holds a number, read past the library that wrote it. */
export async function isStored(named: string, number: number): Promise<boolean> {
  const found = await indexedDB.databases()
  for (const { name } of found) {
    if (name?.includes(named) !== true) continue
    const database = await opened(name)
    try {
      for (const store of database.objectStoreNames) {
        const values = await all(database, store)
        if (values.some((value) => JSON.stringify(value)?.includes(String(number)))) return true
      }
    } finally {
      database.close()
    }
  }
  return false
}

export async function removeDatabases(named: string): Promise<void> {
  const found = await indexedDB.databases()
  for (const { name } of found) {
    if (name?.includes(named) !== true) continue
    await new Promise<void>((resolve, reject) => {
      const request = indexedDB.deleteDatabase(name)
      request.onsuccess = () => resolve()
      request.onblocked = () => reject(new Error(`${name} is still in use.`))
    })
  }
}

function opened(name: string): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name)
    request.onsuccess = () => resolve(request.result)
    request.addEventListener('error', () => reject(request.error!))
  })
}

function all(database: IDBDatabase, store: string): Promise<readonly unknown[]> {
  return new Promise((resolve, reject) => {
    const request = database.transaction(store).objectStore(store).getAll() as IDBRequest<unknown[]>
    request.onsuccess = () => resolve(request.result)
    request.addEventListener('error', () => reject(request.error!))
  })
}
