import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Sound } from './sound.ts';

/** As browsers do: silent until somebody pressed a key. */
class SilentContext extends EventTarget {
  static begun = 0;
  state = 'suspended';
  currentTime = 0;
  destination = {};
  async resume(): Promise<void> {
    this.state = 'running';
    this.dispatchEvent(new Event('statechange'));
  }
  async close(): Promise<void> {
    this.state = 'closed';
  }
  createGain() {
    const ramp = () => {};
    const gain = { setValueAtTime: ramp, linearRampToValueAtTime: ramp, exponentialRampToValueAtTime: ramp };
    return { gain, connect: (next: unknown) => next };
  }
  createOscillator() {
    const start = () => void SilentContext.begun++;
    return { frequency: { value: 0 }, connect: (next: unknown) => next, start, stop: () => {} };
  }
}

beforeEach(() => {
  SilentContext.begun = 0;
  vi.stubGlobal('AudioContext', SilentContext);
});
afterEach(() => vi.unstubAllGlobals());

test('[TV24] a chime that the browser blocks is told as blocked, and sounds once a key was pressed', async () => {
  const sound = new Sound();
  const told: string[] = [];
  sound.subscribe(() => told.push(sound.state));
  sound.chime();
  expect([sound.state, SilentContext.begun]).toEqual(['off', 0]);
  sound.switch(true);
  sound.chime();
  expect([sound.state, SilentContext.begun]).toEqual(['blocked', 0]);
  sound.allow();
  await vi.waitFor(() => expect(sound.state).toBe('on'));
  sound.chime();
  expect(SilentContext.begun).toBe(2);
  sound.switch(false);
  expect(sound.state).toBe('off');
  expect(told[0]).toBe('blocked');
  expect(told.at(-1)).toBe('off');
});

test('[TV24] a browser without sound has none', () => {
  vi.stubGlobal('AudioContext', undefined);
  const sound = new Sound();
  sound.switch(true);
  expect(sound.state).toBe('off');
});
