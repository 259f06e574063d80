import type { Campaign, Environment, TabMessage, Tabs } from './ports.ts'

export interface LeadershipParts {
  readonly tabs: Tabs
  readonly environment: Environment
  /** Begins a term: from now on no other tab may write what a leader writes. Whatever was written until then is known afterwards. */
  readonly begin: () => Promise<void>
  /** Talks to the network until this tab resigns, or is deposed. */
  readonly lead: () => Promise<void>
  /** This tab leads no longer: `lead` is to end. */
  readonly onDeposed: () => void
  /** The number of the last write that this tab knows of. */
  readonly lastKnown: () => number
}

/** Milliseconds between two questions of a follower whether anybody leads. */
const askEvery = 3_000
/** Questions in a row without an answer after which a follower takes the lead. */
const missesBeforeTakeOver = 2
/** Questions in a row that a leader answered that nobody sees, after which a follower that somebody sees takes the lead: browsers slow hidden tabs down. */
const hiddenBeforeTakeOver = 10
/** Milliseconds until a term that could not be begun is tried again. */
const retryAfter = 1_000

/**
 * One tab leads, the one that holds the lock [TB1]. The others ask it for a sign of life; a leader that gives none, frozen or
 * hung, loses the lock to one of them [TB2]. Nothing runs by the clock in a tab that is alone.
 */
export class Leadership {
  readonly #parts: LeadershipParts
  #role: 'follows' | 'begins' | 'leads' | 'resigned' = 'follows'
  #misses = 0
  #isLeaderHidden = false
  #hiddenAnswers = 0
  #cancel: () => void = () => {}
  readonly #campaign: Campaign
  readonly #endings: (() => void)[] = []

  constructor(parts: LeadershipParts) {
    this.#parts = parts
    const { tabs } = parts
    this.#endings.push(tabs.listen({ onMessage: (message) => this.#hear(message), onMissed: () => {} }))
    this.#campaign = tabs.campaign({ lead: () => this.#lead(), onDeposed: () => this.depose() })
    this.#watch()
  }

  /** Another tab leads by now, as the lock or the storage says. */
  depose(): void {
    if (this.#role === 'resigned' || this.#role === 'follows') return
    this.#role = 'follows'
    this.#parts.onDeposed()
    this.#watch()
  }

  /** Tells the other tabs who leads, and how far what it knows goes. */
  tell(): void {
    const { tabs, lastKnown } = this.#parts
    if (this.#leads) tabs.tell({ is: 'leader', number: lastKnown(), hidden: tabs.isHidden() })
  }

  /** The lead is asked for at once, whoever has it. */
  takeOver(): void {
    if (this.#role === 'follows') this.#campaign.takeOver()
  }

  resign(): void {
    this.#role = 'resigned'
    this.#cancel()
    this.#campaign.resign()
    for (const end of this.#endings) end()
  }

  get #leads(): boolean {
    return this.#role === 'leads' || this.#role === 'begins'
  }

  async #lead(): Promise<void> {
    if (this.#role === 'resigned') return
    this.#role = 'begins'
    this.#cancel()
    this.tell()
    while (this.#role === 'begins') {
      try {
        await this.#parts.begin()
        if (this.#role === 'begins') this.#role = 'leads'
        // Deposed in the meantime: of the term that it has begun all the same it must not go on.
        else this.#parts.onDeposed()
      } catch {
        // The storage refuses: whoever leads must write.
        await new Promise<void>((resolve) => this.#parts.environment.setTimer(resolve, retryAfter))
      }
    }
    if (this.#role !== 'leads') return
    this.tell()
    await this.#parts.lead()
    this.depose()
  }

  #watch(): void {
    if (this.#role !== 'follows') return
    const { environment } = this.#parts
    this.#misses = 0
    this.#isLeaderHidden = false
    const ask = () => {
      this.#cancel = environment.setTimer(ask, askEvery)
      this.#ask()
    }
    // Not all tabs at once.
    this.#cancel = environment.setTimer(ask, askEvery * (0.5 + environment.random()))
  }

  #ask(): void {
    const { tabs } = this.#parts
    this.#hiddenAnswers = this.#isLeaderHidden ? this.#hiddenAnswers + 1 : 0
    const isSlow = this.#hiddenAnswers >= hiddenBeforeTakeOver && !tabs.isHidden()
    if (this.#misses >= missesBeforeTakeOver || isSlow) {
      this.#misses = 0
      this.#isLeaderHidden = false
      return this.#campaign.takeOver()
    }
    this.#misses += 1
    tabs.tell({ is: 'question' })
  }

  #hear(message: TabMessage): void {
    if (message.is === 'question') return this.tell()
    if (message.is !== 'leader') return
    this.#misses = 0
    this.#isLeaderHidden = message.hidden
  }
}
