export interface Gate<T> {
  readonly passed: Promise<T>
  readonly open: (value: T) => void
}

/** Holds back whoever waits for `passed` until the test opens it. */
export function gate<T = void>(): Gate<T> {
  let open!: (value: T) => void
  const passed = new Promise<T>((resolve) => {
    open = resolve
  })
  return { passed, open }
}
