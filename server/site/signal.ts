/** One waiter, woken by `notify` or by time. A notice given while nobody waits is kept for the next wait. */
export class Signal {
  #isNoticed = false;
  #wake: (() => void) | null = null;

  notify(): void {
    this.#isNoticed = true;
    this.#wake?.();
  }

  async wait(timeoutMs?: number): Promise<void> {
    if (!this.#isNoticed) {
      await new Promise<void>((resolve) => {
        const timer = timeoutMs === undefined ? undefined : setTimeout(resolve, timeoutMs);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      this.#wake = null;
    }
    this.#isNoticed = false;
  }
}
