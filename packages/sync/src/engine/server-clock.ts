/** The server's clock as the device reckons it: edits are compared by it, as devices' clocks are wrong by minutes or years. */
export class ServerClock {
  /** Server's clock minus the device's, in milliseconds; 0 until the first answer. */
  offset = 0

  /** Learns from an answer: its time lies between sending and hearing, most likely in the middle. */
  heard({ server, sentAt, heardAt }: { readonly server: number; readonly sentAt: number; readonly heardAt: number }): void {
    this.offset = server - (sentAt + heardAt) / 2
  }
}
