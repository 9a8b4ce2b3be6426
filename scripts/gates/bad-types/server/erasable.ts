// expect: TS1294
export enum State {
  Idle,
}
