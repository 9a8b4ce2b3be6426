/** A browser as a test finds it. */
import { vi } from 'vitest';

/** For beforeEach: fake time from a fixed start, nothing remembered, this address, and a layout, of which jsdom has none. */
export function givenBrowser(address: string): void {
  vi.useFakeTimers({
    now: Date.UTC(2026, 10, 21, 2, 30, 0),
    toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date', 'performance'],
  });
  localStorage.clear();
  history.replaceState(null, '', address);
  // The virtual list needs a height to draw rows into.
  vi.spyOn(Element.prototype, 'clientHeight', 'get').mockReturnValue(800);
  vi.spyOn(Element.prototype, 'clientWidth', 'get').mockReturnValue(1000);
}

/** jsdom has no modal dialogs. */
export function fakeDialogs(): void {
  HTMLDialogElement.prototype.showModal = function showModal(this: HTMLDialogElement) {
    this.open = true;
  };
  HTMLDialogElement.prototype.close = function close(this: HTMLDialogElement) {
    this.open = false;
  };
}
