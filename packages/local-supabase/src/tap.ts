export interface Assertion {
  readonly title: string
  readonly ok: boolean
  /** The comment lines after it: what was expected and found. */
  readonly details: string[]
}

export interface Outcome {
  readonly assertions: Assertion[]
  /** Undefined: the output has no plan. */
  readonly planned: number | undefined
}

const planLine = /^1\.\.(\d+)/
const assertionLine = /^(not )?ok \d+(?: - (.*))?$/
const expectedFailure = /# (?:todo|skip)\b/i

/** Reads the Test Anything Protocol as pgTAP writes it. */
export function parseTap(output: string): Outcome {
  const assertions: Assertion[] = []
  let planned: number | undefined
  for (const line of output.split('\n')) {
    const plan = planLine.exec(line)
    const assertion = assertionLine.exec(line)
    if (plan) planned = Number(plan[1])
    else if (assertion) {
      const [, not, title = ''] = assertion
      assertions.push({ title, ok: not === undefined || expectedFailure.test(title), details: [] })
    } else if (line.startsWith('#')) assertions.at(-1)?.details.push(line)
  }
  return { assertions, planned }
}
