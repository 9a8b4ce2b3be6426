// expect: noFloatingPromises
async function save(): Promise<void> {}

export function tick(): void {
  save();
}
