/** jsdom knows no modal dialogs: enough of them for tests. What a browser does for real is seen in e2e. */
export function teachDialogs(): void {
  HTMLDialogElement.prototype.showModal = function (this: HTMLDialogElement) {
    this.open = true;
    this.querySelector<HTMLElement>('button, input')?.focus();
  };
  HTMLDialogElement.prototype.close = function (this: HTMLDialogElement) {
    this.open = false;
  };
}

/** What Esc does in a browser. */
export function cancelDialog(dialog: Element): void {
  dialog.dispatchEvent(new Event('cancel', { cancelable: true }));
}
