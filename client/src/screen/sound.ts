/** The chime: two soft tones made here. Browsers keep a page silent until somebody pressed a key, unless they were told not to. */

const TONES = [
  { hertz: 659.3, atS: 0 },
  { hertz: 523.3, atS: 0.28 },
] as const;
const TONE_S = 0.9;
const LOUDNESS = 0.25;

export class Sound {
  #context: AudioContext | null = null;
  readonly #listeners = new Set<() => void>();

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  get state(): 'off' | 'on' | 'blocked' {
    if (this.#context === null) return 'off';
    return this.#context.state === 'running' ? 'on' : 'blocked';
  }

  switch(isOn: boolean): void {
    if (isOn === (this.#context !== null)) return;
    const before = this.#context;
    this.#context = null;
    void before?.close();
    if (isOn && typeof AudioContext === 'function') {
      this.#context = new AudioContext();
      this.#context.addEventListener('statechange', this.#onChange);
    }
    this.#onChange();
  }

  /** Somebody pressed a key: now it may. */
  readonly allow = (): void => {
    if (this.state === 'blocked') void this.#context?.resume().then(this.#onChange, () => {});
  };

  readonly #onChange = (): void => {
    for (const listener of [...this.#listeners]) listener();
  };

  chime(): void {
    const context = this.#context;
    if (context?.state !== 'running') return;
    for (const { hertz, atS } of TONES) {
      const [tone, gain, begin] = [context.createOscillator(), context.createGain(), context.currentTime + atS];
      tone.frequency.value = hertz;
      gain.gain.setValueAtTime(0, begin);
      gain.gain.linearRampToValueAtTime(LOUDNESS, begin + 0.02);
      gain.gain.exponentialRampToValueAtTime(0.001, begin + TONE_S);
      tone.connect(gain).connect(context.destination);
      tone.start(begin);
      tone.stop(begin + TONE_S);
    }
  }
}
