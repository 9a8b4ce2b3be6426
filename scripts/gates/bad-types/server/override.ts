// expect: TS4114
class Base {
  stop(): void {}
}
export class Runner extends Base {
  stop(): void {}
}
